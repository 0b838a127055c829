// The panel: the facts, text and links of one node. It never parses HTML.

const panel = document.getElementById("panel");
const details = document.getElementById("details");
const LISTED = 8;
let openedFrom = null;

function select(index, move) {
  if (panel.hidden) openedFrom = document.activeElement;
  state.selected = index;
  state.hovered = -1;
  fillPanel(nodes[index]);
  panel.hidden = false;
  panel.scrollTop = 0;
  say(`${nodes[index].name}, ${kindOf(nodes[index]).name}, linked to ${nodes[index].degree} others`);
  if (move) centreOn(index);
  redraw();
}

function closePanel() {
  if (panel.hidden && state.selected < 0 && !state.route) return;
  const inside = panel.contains(document.activeElement);
  panel.hidden = true;
  state.selected = -1;
  markRoute(null);
  if (inside) (openedFrom && openedFrom.isConnected ? openedFrom : document.getElementById("drawing")).focus();
  redraw();
}

function fillPanel(node) {
  const kind = element("p", "kind");
  const { name, shape } = kindOf(node);
  kind.append(swatch(shape, kindColour(kindOf(node))), name);
  if (node.topic >= 0) kind.append(element("span", "note", data.topics[node.topic]));
  const parts = [kind, element("h2", "", node.name)];
  if (node.facts.rows.length) parts.push(factList(node.facts.rows));
  const link = webLink(node.facts.url, "");
  if (link) parts.push(link);
  if (node.facts.abstract) parts.push(...abstractParts(node.facts.abstract));
  for (const sentence of node.facts.sentences || []) parts.push(quote(sentence, [node.facts.figure]));
  for (const group of linkGroups(node)) parts.push(...groupParts(node, group));
  details.replaceChildren(...parts);
}

function factList(rows) {
  const list = element("dl", "facts");
  for (const [name, value, address] of rows) {
    const cell = element("dd", "", value);
    const link = address && webLink(address, value);
    if (link) cell.replaceChildren(link);
    list.append(element("dt", "", name), cell);
  }
  return list;
}

// Returns a link with a text, by default the name of the site. Returns null if the address is not one of the web.
function webLink(address, text) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  const link = element("a", "", text || `Read at ${url.hostname}`);
  link.href = url.href;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}

function abstractParts(text) {
  const paragraph = element("p", "abstract", text);
  if (text.length < 480) return [paragraph];
  paragraph.classList.add("short");
  const more = element("button", "more", "Show the whole abstract");
  more.type = "button";
  more.addEventListener("click", () => {
    const short = paragraph.classList.toggle("short");
    more.textContent = short ? "Show the whole abstract" : "Show less";
  });
  return [paragraph, more];
}

// Returns the links of a node by type and direction, in the order of data.types, the strongest first.
function linkGroups(node) {
  const groups = new Map();
  for (const link of linksOf[node.index]) {
    const type = data.types[link.type];
    const words = link.head === node.index ? type.out : type.in;
    const key = link.type * 2 + (link.head === node.index || type.symmetric ? 0 : 1);
    if (!groups.has(key)) groups.set(key, { key, words, links: [] });
    groups.get(key).links.push(link);
  }
  const sorted = [...groups.values()].sort((one, two) => one.key - two.key);
  for (const group of sorted) {
    group.links.sort(
      (one, two) =>
        two.strength - one.strength ||
        nodes[otherEnd(two, node.index)].degree - nodes[otherEnd(one, node.index)].degree ||
        one.index - two.index,
    );
  }
  return sorted;
}

function groupParts(node, group) {
  const heading = element("h3", "", group.words);
  heading.append(element("small", "", String(group.links.length)));
  const list = element("ul", "others");
  const rows = group.links.map((link) => () => neighbourRow(node, link));
  list.append(...rows.slice(0, LISTED).map((make) => make()));
  if (rows.length <= LISTED) return [heading, list];
  const more = element("button", "more", `Show ${rows.length - LISTED} more`);
  more.type = "button";
  more.addEventListener("click", () => {
    list.append(...rows.slice(LISTED).map((make) => make()));
    list.children[LISTED].querySelector("button").focus();
    more.remove();
  });
  return [heading, list, more];
}

function neighbourRow(node, link) {
  const other = nodes[otherEnd(link, node.index)];
  const row = element("li");
  const go = element("button", "go", other.name);
  go.type = "button";
  go.addEventListener("click", () => {
    select(other.index, true);
    panel.focus();
  });
  row.append(go);
  if (link.note) row.append(element("span", "note", link.note));
  const names = [other, node].filter((end) => kindOf(end).quoted).map((end) => end.name);
  row.append(...link.evidence.slice(0, 2).map((number) => quote(data.sentences[number], names)));
  return row;
}

// Returns a sentence with the first of the texts that it contains marked.
function quote(sentence, texts) {
  const quoted = element("blockquote");
  quoted.append(...marked(sentence, texts));
  return quoted;
}

function marked(sentence, texts) {
  const lower = sentence.toLowerCase();
  for (const text of texts) {
    const start = lower.indexOf(text.toLowerCase());
    if (text && start >= 0 && lower.length === sentence.length) {
      const end = start + text.length;
      return [sentence.slice(0, start), element("mark", "", sentence.slice(start, end)), sentence.slice(end)];
    }
  }
  return [sentence];
}

document.getElementById("close").addEventListener("click", closePanel);
