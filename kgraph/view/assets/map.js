// The map of the whole graph on a canvas: regions of topics, strongest lines, names of hubs.

const stage = document.getElementById("drawing");
const front = document.createElement("canvas");
const base = document.createElement("canvas");
front.setAttribute("aria-hidden", "true");
stage.append(front);

const camera = { x: 0, y: 0, scale: 1 };
let fitted = 1;
let baseStale = true;
let frameAsked = false;
const MOST_LINES = 6000;

const byImportance = [...nodes].sort((one, two) => weight(two) - weight(one) || one.index - two.index);

// A concept of many papers describes a region better than one paper does.
function weight(node) {
  return node.degree * kindOf(node).prominence;
}

function toScreen(x, y) {
  return [(x - camera.x) * camera.scale + stage.clientWidth / 2, (y - camera.y) * camera.scale + stage.clientHeight / 2];
}

function toWorld(x, y) {
  return [(x - stage.clientWidth / 2) / camera.scale + camera.x, (y - stage.clientHeight / 2) / camera.scale + camera.y];
}

function radiusOf(node) {
  return Math.max(1.1, node.size * 0.48 * Math.min(1.6, camera.scale ** 0.75));
}

function redraw() {
  baseStale = true;
  ask();
}

function ask() {
  if (frameAsked) return;
  frameAsked = true;
  requestAnimationFrame(() => {
    frameAsked = false;
    paint();
  });
}

function sized(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(stage.clientWidth * ratio), Math.round(stage.clientHeight * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    baseStale = true;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

function paint() {
  const background = sized(base);
  const context = sized(front);
  if (baseStale) {
    paintBase(background);
    baseStale = false;
  }
  const [width, height] = [stage.clientWidth, stage.clientHeight];
  const bright = brightNodes();
  context.clearRect(0, 0, width, height);
  context.globalAlpha = bright ? 0.14 : 1;
  context.drawImage(base, 0, 0, width, height);
  context.globalAlpha = 1;
  if (bright) paintBright(context, bright);
}

function paintBase(context) {
  const [width, height] = [stage.clientWidth, stage.clientHeight];
  context.clearRect(0, 0, width, height);
  paintRegions(context);
  const inView = visibleNodes();
  paintLines(context, baseLines(inView));
  paintNodes(context, inView);
  paintNames(context, inView);
}

function visibleNodes() {
  const [left, top] = toWorld(-60, -60);
  const [right, bottom] = toWorld(stage.clientWidth + 60, stage.clientHeight + 60);
  return byImportance.filter(
    (node) => isShown(node) && node.x > left && node.x < right && node.y > top && node.y < bottom,
  );
}

function paintRegions(context) {
  for (const [topic, x, y, radius] of data.regions) {
    if (state.hiddenTopics.has(topic)) continue;
    const [atX, atY] = toScreen(x, y);
    context.beginPath();
    context.arc(atX, atY, (radius + 22) * camera.scale, 0, Math.PI * 2);
    context.fillStyle = faded(topicColour(topic), darkScheme.matches ? 0.13 : 0.07);
    context.fill();
  }
}

// Returns the strongest line of each node, or all lines between visible nodes if the reader is near and they are few.
function baseLines(inView) {
  const seen = new Set(inView.map((node) => node.index));
  const shown = (link) => isShown(nodes[link.head]) && isShown(nodes[link.tail]);
  const backbone = [];
  const all = [];
  for (const link of links) {
    const [one, two] = [seen.has(link.head), seen.has(link.tail)];
    if (!(one || two) || !shown(link)) continue;
    if (link.drawn) backbone.push(link);
    else if (one && two) all.push(link);
  }
  const close = camera.scale > fitted * 2.2 && all.length < 900;
  return (close ? [...backbone, ...all] : backbone).slice(0, MOST_LINES);
}

function paintLines(context, drawn, opacity = 0) {
  const groups = new Map();
  for (const link of drawn) {
    const style = linkStyle(link);
    const key = style.colour + style.dashes;
    if (!groups.has(key)) groups.set(key, { style, links: [] });
    groups.get(key).links.push(link);
  }
  for (const { style, links: same } of groups.values()) {
    context.beginPath();
    for (const link of same) {
      context.moveTo(...toScreen(nodes[link.head].x, nodes[link.head].y));
      context.lineTo(...toScreen(nodes[link.tail].x, nodes[link.tail].y));
    }
    context.setLineDash(style.dashes ? [5, 4] : []);
    context.lineWidth = Math.max(0.6, Math.min(1.4, camera.scale));
    context.strokeStyle = faded(style.colour, opacity || style.opacity * Math.min(0.85, 0.35 + camera.scale * 0.8));
    context.stroke();
  }
  context.setLineDash([]);
}

const TURN = Math.PI / 5;
const CORNERS = {
  star: Array.from({ length: 10 }, (_, at) => [Math.sin(at * TURN), -Math.cos(at * TURN)].map((part) => part * (at % 2 ? 0.6 : 1.35))),
  triangle: [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
  hexagon: [[-0.55, -0.95], [0.55, -0.95], [1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0]],
};

function trace(context, shape, x, y, radius) {
  if (shape === "square") context.rect(x - radius * 0.88, y - radius * 0.88, radius * 1.76, radius * 1.76);
  else if (CORNERS[shape]) {
    CORNERS[shape].forEach(([dx, dy], at) => context[at ? "lineTo" : "moveTo"](x + dx * radius, y + dy * radius));
    context.closePath();
  } else {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, Math.PI * 2);
  }
}

function paintNodes(context, drawn) {
  const groups = new Map();
  for (const node of drawn) {
    const colour = nodeColour(node);
    if (!groups.has(colour)) groups.set(colour, []);
    groups.get(colour).push(node);
  }
  context.lineWidth = 1;
  context.strokeStyle = themeColour("--ground");
  for (const [colour, same] of groups) {
    context.beginPath();
    for (const node of same) trace(context, data.kinds[node.kind].shape, ...toScreen(node.x, node.y), radiusOf(node));
    context.fillStyle = colour;
    context.fill();
    if (camera.scale > 0.4) context.stroke();
  }
}

// Returns the first parts of the name of a topic that fit its disc.
function regionName(name, most) {
  const [first, ...rest] = name.split(" · ");
  let text = first;
  for (const part of rest) {
    if (text.length + part.length + 3 > most) break;
    text += ` · ${part}`;
  }
  return shortName(text, 64);
}

function regionLabels() {
  const closeness = camera.scale / fitted;
  if (closeness > 3.2) return [];
  return data.regions
    .filter(([topic]) => !state.hiddenTopics.has(topic))
    .map(([topic, x, y, radius]) => {
      const [atX, atY] = toScreen(x, y - radius - 16);
      return {
        text: regionName(data.topics[topic], (radius * camera.scale * 2.4) / 8), x: atX, y: atY, radius: 0,
        size: 13.5, weight: 660,
        colour: readable(topicColour(topic)), sides: ["middle", "above", "below"],
      };
    });
}

// Returns a colour with more contrast, because text needs more than a dot.
function readable(colour) {
  const shade = darkScheme.matches ? 255 : 0;
  const mixed = [1, 3, 5].map((at) => Math.round(parseInt(colour.slice(at, at + 2), 16) * 0.66 + shade * 0.34));
  return `rgb(${mixed.join(",")})`;
}

function nameLabel(node, strong) {
  const [x, y] = toScreen(node.x, node.y);
  return {
    text: shortName(node.name, strong ? 60 : 30), short: shortName(node.name, 20), x, y, radius: radiusOf(node), size: strong ? 13.5 : 12,
    weight: strong ? 650 : 450, colour: themeColour("--ink"), sides: ["right", "left", "below", "above"],
  };
}

// Draws the names of hubs, and of more nodes the closer the reader is.
function paintNames(context, inView) {
  const [width, height] = [stage.clientWidth, stage.clientHeight];
  const closeness = camera.scale / fitted;
  const most = Math.round((width * height) / 24000 * Math.min(4, closeness ** 0.8));
  const reach = Math.round(most * 1.6);
  const regions = regionLabels();
  const taken = new Taken();
  drawLabels(context, regions, width, height, regions.length, taken);
  for (const node of inView.slice(0, reach)) {
    const [x, y] = toScreen(node.x, node.y);
    const half = radiusOf(node) * 0.8;
    if (half > 3) taken.add([x - half, y - half, x + half, y + half]);
  }
  drawLabels(context, inView.slice(0, reach).map((node) => nameLabel(node, false)), width, height, most, taken);
}

function paintBright(context, bright) {
  const pointed = state.hovered >= 0 ? state.hovered : state.selected;
  const shown = [...bright].map((index) => nodes[index]).filter((node) => isShown(node) || node.index === pointed);
  const kept = new Set(shown.map((node) => node.index));
  const own = pointed >= 0 ? linksOf[pointed].filter((link) => kept.has(otherEnd(link, pointed))) : [];
  paintLines(context, own, Math.max(0.2, 0.75 - own.length / 350));
  paintNodes(context, shown);
  const taken = new Taken();
  if (pointed >= 0) {
    const [x, y] = toScreen(nodes[pointed].x, nodes[pointed].y);
    context.beginPath();
    context.arc(x, y, radiusOf(nodes[pointed]) + 3.5, 0, Math.PI * 2);
    context.lineWidth = 2;
    context.strokeStyle = themeColour("--ink");
    context.stroke();
    drawLabels(context, [nameLabel(nodes[pointed], true)], stage.clientWidth, stage.clientHeight, 1, taken);
  }
  const others = shown.filter((node) => node.index !== pointed).sort((one, two) => weight(two) - weight(one) || one.index - two.index);
  drawLabels(context, others.map((node) => nameLabel(node, false)), stage.clientWidth, stage.clientHeight, 60, taken);
}

// Nodes by the cells of a grid, to find the node at the pointer without a scan.
const CELL = 80;
const cells = new Map();
for (const node of nodes) {
  const key = cellKey(Math.floor(node.x / CELL), Math.floor(node.y / CELL));
  if (!cells.has(key)) cells.set(key, []);
  cells.get(key).push(node);
}

function cellKey(column, row) {
  return column * 1000003 + row;
}

function nodeAt(x, y) {
  const [worldX, worldY] = toWorld(x, y);
  const reach = 30 / camera.scale;
  let nearest = -1;
  let best = Infinity;
  for (let column = Math.floor((worldX - reach) / CELL); column <= Math.floor((worldX + reach) / CELL); column += 1) {
    for (let row = Math.floor((worldY - reach) / CELL); row <= Math.floor((worldY + reach) / CELL); row += 1) {
      for (const node of cells.get(cellKey(column, row)) || []) {
        if (!isShown(node)) continue;
        const distance = Math.hypot(node.x - worldX, node.y - worldY) * camera.scale - radiusOf(node);
        if (distance < 5 && distance < best) [best, nearest] = [distance, node.index];
      }
    }
  }
  return nearest;
}

function centreOn(index) {
  camera.scale = Math.max(camera.scale, Math.min(1.2, fitted * 2.5), fitted);
  const wide = window.innerWidth > 760;
  camera.x = nodes[index].x + (panel.hidden || !wide ? 0 : panel.offsetWidth / 2 / camera.scale);
  camera.y = nodes[index].y + (panel.hidden || wide ? 0 : panel.offsetHeight / 2 / camera.scale);
  redraw();
}

function fitAll() {
  const shown = nodes.filter(isShown);
  if (!shown.length) return;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const node of shown) {
    left = Math.min(left, node.x);
    right = Math.max(right, node.x);
    top = Math.min(top, node.y);
    bottom = Math.max(bottom, node.y);
  }
  for (const [topic, x, y, radius] of data.regions) {
    if (state.hiddenTopics.has(topic)) continue;
    left = Math.min(left, x - radius);
    right = Math.max(right, x + radius);
    top = Math.min(top, y - radius - 20);
    bottom = Math.max(bottom, y + radius);
  }
  camera.x = (left + right) / 2;
  camera.y = (top + bottom) / 2;
  fitted = Math.min(
    2,
    (stage.clientWidth - 110) / Math.max(right - left, 1),
    (stage.clientHeight - 90) / Math.max(bottom - top, 1),
  );
  fitted = Math.max(fitted, 0.005);
  camera.scale = fitted;
  redraw();
}

function zoomAt(factor, x, y) {
  const [worldX, worldY] = toWorld(x, y);
  camera.scale = Math.min(8, Math.max(fitted * 0.4, camera.scale * factor));
  const [movedX, movedY] = toWorld(x, y);
  camera.x += worldX - movedX;
  camera.y += worldY - movedY;
  redraw();
}

function zoomBy(factor) {
  zoomAt(factor, stage.clientWidth / 2, stage.clientHeight / 2);
}

function panBy(dx, dy) {
  camera.x -= dx / camera.scale;
  camera.y -= dy / camera.scale;
  redraw();
}

function point(index, x, y) {
  hint(index >= 0 && shortName(nodes[index].name, 30) !== nodes[index].name ? index : -1, x, y);
  stage.style.cursor = index >= 0 ? "pointer" : "";
  if (index === state.hovered) return;
  state.hovered = index;
  ask();
}

const pointers = new Map();
let travelled = 0;

function local(event) {
  const box = stage.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

stage.addEventListener("pointerdown", (event) => {
  stage.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, local(event));
  if (pointers.size === 1) travelled = 0;
});
stage.addEventListener("pointermove", (event) => {
  const [x, y] = local(event);
  const before = pointers.get(event.pointerId);
  if (!before) {
    point(nodeAt(x, y), x, y);
    return;
  }
  const other = [...pointers].find(([id]) => id !== event.pointerId);
  pointers.set(event.pointerId, [x, y]);
  travelled += Math.hypot(x - before[0], y - before[1]);
  if (travelled > 4) point(-1, x, y);
  if (other) {
    const [, [otherX, otherY]] = other;
    const spread = Math.hypot(x - otherX, y - otherY) / Math.max(1, Math.hypot(before[0] - otherX, before[1] - otherY));
    zoomAt(spread, (x + otherX) / 2, (y + otherY) / 2);
    panBy((x - before[0]) / 2, (y - before[1]) / 2);
  } else if (travelled > 4) panBy(x - before[0], y - before[1]);
});
stage.addEventListener("pointerup", (event) => {
  const alone = pointers.size === 1;
  pointers.delete(event.pointerId);
  if (!alone || travelled > 4) return;
  const index = nodeAt(...local(event));
  if (index >= 0) select(index, false);
  else closePanel();
});
stage.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
stage.addEventListener("pointerleave", () => point(-1, 0, 0));
stage.addEventListener(
  "wheel",
  (event) => {
    zoomAt(Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) * 0.0022), ...local(event));
    event.preventDefault();
  },
  { passive: false },
);
new ResizeObserver(() => redraw()).observe(stage);

fillSide();
listen();
fitAll();
