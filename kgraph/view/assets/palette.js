// Colours that readers with colour blindness can distinguish (Okabe and Ito, Tol), light and dark.

const TOPIC_COLOURS = [
  "#4477aa", "#ee6677", "#228833", "#ccaa22", "#56b4e9", "#aa3377", "#e08f00", "#009e73", "#8a6d3b", "#7b6fb5",
  "#d55e00", "#44aa99",
];
const OTHER = "#9aa4ae";
const NAMED_TOPICS = TOPIC_COLOURS.length;

const darkScheme = window.matchMedia("(prefers-color-scheme: dark)");

function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Returns the colour, a little lighter on a dark background.
function onGround(colour) {
  if (!darkScheme.matches) return colour;
  const parts = [1, 3, 5].map((at) => Math.round(parseInt(colour.slice(at, at + 2), 16) * 0.78 + 255 * 0.22));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function kindColour(kind) {
  return onGround(kind.colour);
}

function topicColour(topic) {
  return onGround(topic >= 0 && topic < NAMED_TOPICS ? TOPIC_COLOURS[topic] : OTHER);
}

function nodeColour(node) {
  return state.colourBy === "topic" ? topicColour(node.topic) : kindColour(kindOf(node));
}

function faded(colour, opacity) {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
}

// Lines differ by opacity and dashes as well as by colour.
const LINE_STYLES = {
  role: { light: "#3f7d6b", dark: "#8fb3a6", opacity: 0.75, dashes: false },
  papers: { light: "#4f86b5", dark: "#7fa8cc", opacity: 0.6, dashes: true },
  other: { light: "#8f99a4", dark: "#8a939d", opacity: 0.42, dashes: false },
};

function lineStyle(line) {
  const { light, dark, opacity, dashes } = LINE_STYLES[line];
  return { colour: darkScheme.matches ? dark : light, opacity, dashes };
}

function linkStyle(link) {
  return lineStyle(data.types[link.type].line);
}

const SVG = "http://www.w3.org/2000/svg";
const SHAPE_PATHS = {
  square: "M3 3h10v10H3z",
  triangle: "M8 2.5 14 13H2z",
  diamond: "M8 1.5 14.5 8 8 14.5 1.5 8z",
  star: "M8 1l2.1 4.6 5 .5-3.8 3.3 1.1 4.9L8 11.7l-4.4 2.6 1.1-4.9L.9 6.1l5-.5z",
  hexagon: "M4.5 2h7l3.5 6-3.5 6h-7L1 8z",
  dot: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11z",
};

function swatch(shape, colour) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPE_PATHS[shape] || SHAPE_PATHS.dot);
  path.setAttribute("fill", colour);
  picture.append(path);
  return picture;
}

function lineSample(style) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 26 16");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", "M1 8h24");
  path.setAttribute("stroke", style.colour);
  path.setAttribute("stroke-width", "2");
  if (style.dashes) path.setAttribute("stroke-dasharray", "4 3");
  picture.append(path);
  return picture;
}
