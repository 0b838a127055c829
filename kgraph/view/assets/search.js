// The search box, with a list of names to choose from with the arrow keys and Enter.

const query = document.getElementById("query");
const results = document.getElementById("results");
const FOUND = 40;
const folded = nodes.map((node) => node.name.toLowerCase());
let found = [];
let active = -1;

function search() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = [];
  if (words.length) {
    const whole = words.join(" ");
    for (const node of nodes) {
      const name = folded[node.index];
      if (!words.every((word) => name.includes(word))) continue;
      const rank = name === whole ? 0 : name.startsWith(whole) ? 1 : name.includes(whole) ? 2 : 3;
      found.push([rank, -node.degree, node.index]);
    }
    found.sort((one, two) => one[0] - two[0] || one[1] - two[1] || one[2] - two[2]);
    found = found.slice(0, FOUND).map((entry) => entry[2]);
  }
  showResults(words.length > 0);
}

function showResults(open) {
  results.replaceChildren(
    ...found.map((index, position) => {
      const row = element("li", "", nodes[index].name);
      row.id = `result-${position}`;
      row.setAttribute("role", "option");
      row.append(element("small", "", kindOf(nodes[index]).name));
      row.addEventListener("pointerdown", (event) => event.preventDefault());
      row.addEventListener("click", () => choose(position));
      return row;
    }),
  );
  if (open && !found.length) results.append(element("li", "none", "No node on this page has this name."));
  results.hidden = !open;
  query.setAttribute("aria-expanded", String(open));
  activate(found.length ? 0 : -1);
}

function activate(position) {
  active = position;
  for (const [at, row] of [...results.children].entries()) row.setAttribute("aria-selected", String(at === position));
  if (position >= 0) {
    query.setAttribute("aria-activedescendant", `result-${position}`);
    results.children[position].scrollIntoView({ block: "nearest" });
  } else {
    query.removeAttribute("aria-activedescendant");
  }
}

function choose(position) {
  const index = found[position];
  closeResults();
  showKind(nodes[index].kind);
  select(index, true);
  panel.focus();
}

function closeResults() {
  found = [];
  showResults(false);
}

query.addEventListener("input", search);
query.addEventListener("blur", closeResults);
query.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (results.hidden) search();
    if (found.length) activate((active + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length);
    event.preventDefault();
  } else if (event.key === "Enter" && active >= 0) {
    choose(active);
    event.preventDefault();
  } else if (event.key === "Escape" && !results.hidden) {
    closeResults();
    event.stopPropagation();
  }
});
