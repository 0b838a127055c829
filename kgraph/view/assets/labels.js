// Draws names: the most important first, and only those that do not cover another one.

const LABEL_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const textWidths = new Map();

function textWidth(context, font, text) {
  const key = font + text;
  let width = textWidths.get(key);
  if (width === undefined) {
    context.font = font;
    width = context.measureText(text).width;
    textWidths.set(key, width);
  }
  return width;
}

// The boxes of the names that are drawn, indexed by the cells that they touch.
class Taken {
  constructor() {
    this.cells = new Map();
  }

  keys(box) {
    const keys = [];
    for (let column = Math.floor(box[0] / 64); column <= Math.floor(box[2] / 64); column += 1) {
      for (let row = Math.floor(box[1] / 32); row <= Math.floor(box[3] / 32); row += 1) keys.push(column * 65536 + row);
    }
    return keys;
  }

  free(box) {
    return this.keys(box).every((key) =>
      (this.cells.get(key) || []).every(
        (other) => box[2] <= other[0] || other[2] <= box[0] || box[3] <= other[1] || other[3] <= box[1],
      ),
    );
  }

  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }
}

// Draws the labels that fit, best first: {text, short, x, y, radius, size, weight, colour, sides}, in pixels.
// `sides` lists "right", "left", "below", "above" or "middle" in the order to try. `short` is tried after `text`.
function drawLabels(context, labels, width, height, most, taken = new Taken()) {
  const halo = themeColour("--ground");
  context.textBaseline = "middle";
  context.lineJoin = "round";
  let drawn = 0;
  for (const label of labels) {
    if (drawn >= most) break;
    const font = `${label.weight || 400} ${label.size}px ${LABEL_FONT}`;
    const tall = label.size * 0.62 + 1;
    const reach = label.radius + 5;
    const tries = [label.text, label.short].flatMap((text) => (text ? label.sides.map((side) => [text, side]) : []));
    for (const [text, side] of tries) {
      const half = textWidth(context, font, text) / 2;
      const dx = { right: reach + half, left: -reach - half, below: 0, above: 0, middle: 0 }[side];
      const dy = { right: 0, left: 0, below: reach + tall, above: -reach - tall, middle: 0 }[side];
      const [x, y] = [label.x + dx, label.y + dy];
      const box = [x - half - 3, y - tall, x + half + 3, y + tall];
      if (box[0] < 2 || box[2] > width - 2 || box[1] < 2 || box[3] > height - 2 || !taken.free(box)) continue;
      taken.add(box);
      context.font = font;
      context.textAlign = "center";
      context.lineWidth = 3.5;
      context.strokeStyle = halo;
      context.strokeText(text, x, y);
      context.fillStyle = label.colour;
      context.fillText(text, x, y);
      drawn += 1;
      break;
    }
  }
  return drawn;
}
