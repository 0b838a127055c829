// The graph of this page and the choices of the reader, for both viewers.

const data = JSON.parse(document.getElementById("data").textContent);

const nodes = data.nodes.map(([kind, name, topic, x, y, size, degree, facts], index) => ({
  index, kind, name, topic, x, y, size, degree, facts,
}));
const links = data.links.map(([head, tail, type, strength, note, evidence, drawn], index) => ({
  index, head, tail, type, strength, note, evidence, drawn: Boolean(drawn),
}));

const linksOf = nodes.map(() => []);
for (const link of links) {
  linksOf[link.head].push(link);
  if (link.tail !== link.head) linksOf[link.tail].push(link);
}

const state = {
  colourBy: "kind",
  hiddenKinds: new Set(data.kinds.flatMap((kind, index) => (kind.shown ? [] : [index]))),
  hiddenTopics: new Set(),
  selected: -1,
  hovered: -1,
  route: null,
};

function otherEnd(link, index) {
  return link.head === index ? link.tail : link.head;
}

function isShown(node) {
  return !state.hiddenKinds.has(node.kind) && !state.hiddenTopics.has(node.topic);
}

// Returns the nodes to highlight: a node and its neighbours, or the nodes of a path. Returns null if there are none.
function brightNodes() {
  const index = state.hovered >= 0 ? state.hovered : state.selected;
  if (index < 0) return state.route ? new Set(state.route) : null;
  const bright = new Set([index]);
  for (const link of linksOf[index]) bright.add(otherEnd(link, index));
  return bright;
}

function kindOf(node) {
  return data.kinds[node.kind];
}

function shortName(text, most = 42) {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  const cut = characters.slice(0, most).join("");
  const space = cut.lastIndexOf(" ");
  return (space > most * 0.6 ? cut.slice(0, space) : cut) + "…";
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function say(text) {
  document.getElementById("status").textContent = text;
}
