// A small scene drawn by vis-network. The names are drawn here, so that they never cover each other.

const made = JSON.parse(document.getElementById("network").textContent);
const stage = document.getElementById("drawing");
let fitted = 1;
const visNodes = new vis.DataSet(made.nodes.map(({ label, ...node }) => ({ ...node, ...nodeStyle(nodes[node.id], null) })));
const visEdges = new vis.DataSet(made.edges.map((edge) => ({ ...edge, ...edgeStyle(links[edge.id], null) })));
const outer = new Set(data.outer);
const network = new vis.Network(stage, { nodes: visNodes, edges: visEdges }, made.options);
const styled = { nodes: new Map(), edges: new Map() };

// Says whether a node is the subject of the page: its centre, or an end of its paths.
function isEnd(node) {
  return node.index === data.centre || data.routes.some((route) => route[0] === node.index || route.at(-1) === node.index);
}

function nodeStyle(node, bright) {
  const lit = !bright || bright.has(node.index);
  const colour = nodeColour(node);
  const background = faded(colour, lit ? 0.92 : 0.13);
  const chosen = node.index === state.selected || isEnd(node);
  const border = chosen ? faded(darkScheme.matches ? "#ffffff" : "#1c2530", lit ? 0.9 : 0.2) : faded(colour, lit ? 1 : 0.1);
  const both = { background, border };
  return { hidden: !isShown(node), color: { ...both, highlight: both, hover: both } };
}

function edgeStyle(link, bright) {
  const style = linkStyle(link);
  const { symmetric } = data.types[link.type];
  const pointed = state.hovered >= 0 ? state.hovered : state.selected;
  const own = pointed >= 0 && (link.head === pointed || link.tail === pointed);
  const onRoute = Boolean(bright) && pointed < 0 && link.drawn && bright.has(link.head) && bright.has(link.tail);
  const lit = !bright || own || onRoute;
  const colour = faded(style.colour, lit ? (bright ? 0.9 : style.opacity) : 0.06);
  const shown = isShown(nodes[link.head]) && isShown(nodes[link.tail]);
  return {
    width: (0.8 + 1.6 * link.strength) * Math.min(3.5, Math.max(1, 0.9 / fitted)),
    hidden: !shown || !(link.drawn || (own && strongestOfPair(link))),
    color: { color: colour, highlight: colour, hover: colour },
    dashes: style.dashes ? [6, 5] : false,
    arrows: { to: { enabled: !symmetric && lit, scaleFactor: 0.35 } },
  };
}

const firstOfPair = new Map();
function strongestOfPair(link) {
  const key = Math.min(link.head, link.tail) * nodes.length + Math.max(link.head, link.tail);
  if (!firstOfPair.size) {
    for (const other of links) {
      const pair = Math.min(other.head, other.tail) * nodes.length + Math.max(other.head, other.tail);
      if (!firstOfPair.has(pair) || other.drawn) firstOfPair.set(pair, other.index);
    }
  }
  return firstOfPair.get(key) === link.index;
}

// Passes vis-network only the nodes or edges whose style has changed.
function restyle(set, kept, entries) {
  const changed = [];
  for (const [id, style] of entries) {
    const mark = JSON.stringify(style);
    if (kept.get(id) === mark) continue;
    kept.set(id, mark);
    changed.push({ id, ...style });
  }
  if (changed.length) set.updateOnly(changed);
}

function redraw() {
  const bright = brightNodes();
  restyle(visNodes, styled.nodes, nodes.map((node) => [node.index, nodeStyle(node, bright)]));
  restyle(visEdges, styled.edges, links.map((link) => [link.index, edgeStyle(link, bright)]));
  network.redraw();
}

function labelSides(node, at) {
  if (data.routes.length) return ["below", "above", "right", "left"];
  if (data.centre < 0) return ["right", "left", "below", "above"];
  if (node.index === data.centre) return ["below", "above"];
  return at.x < network.canvasToDOM(network.getPosition(data.centre)).x ? ["left"] : ["right"];
}

// There is less room for a name between two arcs than outside the outermost one.
function nameRoom(node, pointed) {
  if (data.routes.length) return isEnd(node) ? 28 : 34;
  if (data.centre < 0) return pointed ? 60 : 34;
  return node.index === data.centre ? 28 : outer.has(node.index) ? 34 : 26;
}

function drawNames(context) {
  const bright = brightNodes();
  const scale = network.getScale();
  const ratio = context.canvas.width / stage.clientWidth;
  const positions = network.getPositions();
  const [width, height] = [stage.clientWidth, stage.clientHeight];
  const ink = themeColour("--ink");
  const important = (node) =>
    (isEnd(node) ? 1e6 : data.centre >= 0 && !outer.has(node.index) ? 1e3 : 0) + (node.index === state.hovered || node.index === state.selected ? 1e7 : 0) + node.size;
  const taken = new Taken();
  const labels = [];
  for (const node of nodes) {
    if (!isShown(node)) continue;
    const at = network.canvasToDOM(positions[node.index]);
    const radius = node.size * scale;
    if (at.x < -200 || at.y < -60 || at.x > width + 200 || at.y > height + 60) continue;
    taken.add([at.x - radius * 0.8, at.y - radius * 0.8, at.x + radius * 0.8, at.y + radius * 0.8]);
    if (bright && !bright.has(node.index)) continue;
    const pointed = node.index === state.selected || node.index === state.hovered;
    const strong = pointed || isEnd(node);
    labels.push({
      node, text: shortName(node.name, nameRoom(node, pointed)), short: shortName(node.name, 20), x: at.x, y: at.y, radius,
      size: strong ? 13.5 : 12, weight: strong ? 650 : 430, colour: ink, sides: labelSides(node, at),
    });
  }
  labels.sort((one, two) => important(two.node) - important(one.node) || one.node.index - two.node.index);
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawLabels(context, labels, width, height, 400, taken);
  context.restore();
}

function centreOn(index) {
  network.moveTo({ position: network.getPosition(index), scale: Math.max(network.getScale(), 0.75), offset: panelOffset() });
}

// The open panel moves the middle of the visible area to the left, or up on a narrow screen.
function panelOffset() {
  if (panel.hidden) return { x: 0, y: 0 };
  return window.innerWidth > 760 ? { x: -panel.offsetWidth / 2, y: 0 } : { x: 0, y: -panel.offsetHeight / 2 };
}

// Leaves room for the names, which vis-network does not measure.
function fitAll() {
  const shown = nodes.filter(isShown);
  if (!shown.length) return;
  const positions = network.getPositions();
  const xs = shown.map((node) => positions[node.index].x);
  const ys = shown.map((node) => positions[node.index].y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const margin = data.routes.length ? 140 : Math.min(240, stage.clientWidth * 0.24);
  const scale = Math.min(
    (stage.clientWidth - 2 * margin) / Math.max(right - left, 1),
    (stage.clientHeight - 90) / Math.max(bottom - top, 1),
    1.4,
  );
  // Widths are in the units of the drawing, but lines should look the same at each scale.
  fitted = Math.max(scale, 0.05);
  redraw();
  network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale: fitted });
}

function zoomBy(factor) {
  network.moveTo({ scale: Math.min(6, Math.max(0.05, network.getScale() * factor)) });
}

function panBy(dx, dy) {
  const at = network.getViewPosition();
  const scale = network.getScale();
  network.moveTo({ position: { x: at.x - dx / scale, y: at.y - dy / scale } });
}

network.on("afterDrawing", drawNames);
network.on("hoverNode", ({ node, pointer }) => {
  state.hovered = node;
  hint(node, pointer.DOM.x, pointer.DOM.y);
  redraw();
});
network.on("blurNode", () => {
  state.hovered = -1;
  hint(-1);
  redraw();
});
network.on("click", ({ nodes: clicked }) => {
  hint(-1);
  if (clicked.length) select(clicked[0], false);
  else closePanel();
});
network.on("dragStart", () => hint(-1));

fillSide();
listen();
fitAll();
