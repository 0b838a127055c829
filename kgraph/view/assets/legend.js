// Everything around the drawing: title, notes, legend with filters, list of paths, keys.

const legend = document.getElementById("legend");

function fillSide() {
  const title = document.getElementById("title");
  title.textContent = data.title;
  title.classList.toggle("long", data.title.length > 60);
  document.getElementById("subtitle").textContent = data.subtitle;
  document.getElementById("counts").textContent =
    `${nodes.length.toLocaleString("en")} nodes, ${links.length.toLocaleString("en")} links on this page.`;
  document.getElementById("notes").append(...data.notes.map((note) => element("li", "", note)));
  fillLegend();
  fillLines();
  fillRoutes();
}

function fillLegend() {
  const rows = state.colourBy === "topic" ? topicRows() : kindRows();
  legend.replaceChildren(...rows);
}

function kindRows() {
  const counts = countBy((node) => node.kind);
  return data.kinds.map((kind, index) =>
    legendRow(kind.name, kind.heading, swatch(kind.shape, kindColour(kind)), counts.get(index), [index], state.hiddenKinds),
  );
}

function topicRows() {
  const counts = countBy((node) => node.topic);
  const rows = data.topics
    .slice(0, NAMED_TOPICS)
    .map((name, index) =>
      legendRow(name, name, swatch("dot", topicColour(index)), counts.get(index), [index], state.hiddenTopics),
    );
  const rest = data.topics.slice(NAMED_TOPICS).map((_, index) => index + NAMED_TOPICS);
  if (rest.length) {
    const count = rest.reduce((sum, index) => sum + (counts.get(index) || 0), 0);
    const heading = `${rest.length} smaller topics`;
    rows.push(legendRow("rest", heading, swatch("dot", onGround(OTHER)), count, rest, state.hiddenTopics));
  }
  if (counts.has(-1)) {
    rows.push(legendRow("none", "No topic", swatch("dot", onGround(OTHER)), counts.get(-1), [-1], state.hiddenTopics));
  }
  return rows;
}

function countBy(key) {
  const counts = new Map();
  for (const node of nodes) counts.set(key(node), (counts.get(key(node)) || 0) + 1);
  return counts;
}

function legendRow(name, heading, picture, count, members, hidden) {
  const row = element("label");
  const box = element("input");
  box.type = "checkbox";
  box.checked = !members.every((member) => hidden.has(member));
  box.dataset.name = name;
  box.addEventListener("change", () => {
    for (const member of members) {
      if (box.checked) hidden.delete(member);
      else hidden.add(member);
    }
    say(`${heading} ${box.checked ? "shown" : "hidden"}`);
    redraw();
  });
  row.append(box, picture, element("span", "name", heading), element("span", "count", (count || 0).toLocaleString("en")));
  return row;
}

function showKind(kind) {
  if (!state.hiddenKinds.delete(kind)) return;
  fillLegend();
}

function fillLines() {
  const rows = Object.keys(LINE_STYLES).flatMap((line) => {
    const words = data.types.filter((type) => type.line === line).map((type) => type.out.toLowerCase());
    if (!words.length) return [];
    const row = element("li");
    row.append(lineSample(lineStyle(line)), line === "other" ? "other links" : words.join(", "));
    return [row];
  });
  document.getElementById("lines").replaceChildren(...rows);
}

const ROUTES_LISTED = 6;

function fillRoutes() {
  if (!data.routes.length) return;
  const list = document.getElementById("route-list");
  const rows = data.routes.map((route) => routeRow(route));
  list.append(...rows.slice(0, ROUTES_LISTED));
  document.getElementById("routes").hidden = false;
  if (rows.length <= ROUTES_LISTED) return;
  const more = element("button", "more", `Show ${rows.length - ROUTES_LISTED} more`);
  more.type = "button";
  more.addEventListener("click", () => {
    list.append(...rows.slice(ROUTES_LISTED));
    rows[ROUTES_LISTED].querySelector("button").focus();
    more.remove();
  });
  list.after(more);
}

function routeRow(route) {
  const between = route.slice(1, -1);
  const words = between.length ? between.map((index) => shortName(nodes[index].name, 48)).join(" → ") : "Related directly";
  const button = element("button", "", words);
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  if (between.length) button.append(element("small", "", between.map((index) => shareWords(nodes[index])).join(" → ")));
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") === "true";
    markRoute(pressed ? null : route);
    button.setAttribute("aria-pressed", String(!pressed));
    redraw();
  });
  const row = element("li");
  row.append(button);
  return row;
}

function shareWords(node) {
  const { papers } = node.facts;
  const kind = kindOf(node).name.toLowerCase();
  return papers === undefined ? kind : `${kind} in ${papers} ${papers === 1 ? "paper" : "papers"}`;
}

function markRoute(route) {
  state.route = route;
  state.selected = route ? -1 : state.selected;
  if (route) panel.hidden = true;
  for (const other of document.querySelectorAll("#route-list button")) other.setAttribute("aria-pressed", "false");
}

// Selects the next or previous visible node from left to right, so that the keyboard reaches all of them.
function step(direction) {
  const order = nodes.filter(isShown).sort((one, two) => one.x - two.x || one.y - two.y || one.index - two.index);
  if (!order.length) return;
  const at = order.findIndex((node) => node.index === state.selected);
  const next = at < 0 ? (direction > 0 ? 0 : order.length - 1) : (at + direction + order.length) % order.length;
  select(order[next].index, true);
}

function hint(index, x, y) {
  const box = document.getElementById("hint");
  box.hidden = index < 0;
  if (index < 0) return;
  box.textContent = nodes[index].name;
  const stage = document.querySelector(".stage");
  box.style.left = `${Math.max(8, Math.min(x + 14, stage.clientWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(y + 16, stage.clientHeight - box.offsetHeight - 8))}px`;
}

const DRAWING_KEYS = {
  ArrowLeft: () => panBy(80, 0),
  ArrowRight: () => panBy(-80, 0),
  ArrowUp: () => panBy(0, 80),
  ArrowDown: () => panBy(0, -80),
  "+": () => zoomBy(1.3),
  "=": () => zoomBy(1.3),
  "-": () => zoomBy(1 / 1.3),
  0: () => fitAll(),
  "[": () => step(-1),
  "]": () => step(1),
};

function listen() {
  for (const choice of document.querySelectorAll('input[name="colour"]')) {
    choice.addEventListener("change", () => {
      state.colourBy = choice.value;
      fillLegend();
      redraw();
    });
  }
  document.getElementById("zoom-in").addEventListener("click", () => zoomBy(1.3));
  document.getElementById("zoom-out").addEventListener("click", () => zoomBy(1 / 1.3));
  document.getElementById("fit").addEventListener("click", () => fitAll());
  document.getElementById("drawing").addEventListener("keydown", (event) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : DRAWING_KEYS[event.key];
    if (!action) return;
    action();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closePanel();
    if (event.key === "/" && document.activeElement !== query && !event.ctrlKey && !event.metaKey) {
      query.focus();
      query.select();
      event.preventDefault();
    }
  });
  darkScheme.addEventListener("change", () => {
    fillLegend();
    fillLines();
    redraw();
  });
  if (window.matchMedia("(max-width: 760px)").matches) document.querySelector(".fold").open = false;
}
