r"""TeX inside a text: formulas, accents, symbols and formatting.

Only the fragments that are TeX are replaced. "$5", "50%", "snake_case", "AT&T" and
"C:\data" are kept. pylatexenc translates formulas and symbols. Commands that format
their argument are removed here, because pylatexenc fails on some texts that are not
a document.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from kgraph.data import read_toml
from kgraph.sources.cleaning.scripts import lowered, raised

# It warns about each formula that it cannot read. Such a formula is kept as it is.
logging.getLogger("pylatexenc").addHandler(logging.NullHandler())

_LONGEST_FORMULA = 1000
_MOST_WORDS = 2
_MOST_WORDS_IN_TEX = 8
_DEEPEST = 20
_MOST_FORMULAS = 1000
_MOST_ESCAPED = 5

_NAMES = {name: frozenset(commands) for name, commands in read_toml("cleaning.toml")["tex"].items()}

_TOKEN = re.compile(
    r"\\begin\s?\{(?P<begin>[A-Za-z]{1,20})\*?\}|\\end\s?\{(?P<end>[A-Za-z]{1,20})\*?\}"
    r"|\\(?P<name>[A-Za-z]{1,40})\*?"
    r"|\\(?P<accent>[\"'`^~=.])"
    r"|\\(?P<escaped>[%&$#_{}])"
    r"|\\(?P<open>[(\[])"
    r"|\\(?P<space>[,;:!>/ @-]|\\(?![A-Za-z]))"
    r"|(?P<dollars>\${1,2})"
)
_QUOTED_WITH_ESCAPES = re.compile(r"(?<![\w\\])\\\"(?=\w)([^\"\\\n]{1,200})\\\"(?!\w)")
_TOO_MANY_SLASHES = re.compile(r"\\\\(?=[A-Za-z]{2,20}\{)")
_ESCAPED_CODE = re.compile(r"\\u([0-9a-fA-F]{4})(?![0-9a-fA-F])")
_TEX_QUOTE = re.compile(r"``([^`'\"\n]{1,200})(?:''|\")")
_TIE = re.compile(r"(?<=\S)~(?=\S)|(?<=\S)~(?=\s)|(?<=\s)~(?=\s)")
_DASHES = re.compile(r"(?<=\w)(--|---)(?=\w)|(?<=\s)(--|---)(?=\s)")
_PROTECTED = re.compile(r"\{((?:[A-Z][\w-]{0,40}|[\w-]{1,40}[A-Z][\w-]{0,40}))\}")
_ACCENTED = re.compile(
    r"\s?\{\s*(?P<braced>\\?[A-Za-z])\s*\}|(?P<dotless>\\[ij](?![A-Za-z]))\s?|(?P<plain>[A-Za-z])"
)
_PROSE = re.compile(r"(?<![\\A-Za-z{])[a-z]{4,}(?![A-Za-z}])")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_LOW_DIGIT = re.compile(r"_\{?([0-9])\}?(?![0-9])")
_LOW_NUMBER = re.compile(r"_[0-9]+")
_LINE_BREAKS = re.compile(r"(?<![ \t])[ \t]*\n\s*")
_TEX_SPACES = re.compile(r"[ \t]{2,}")
# Private characters replace the braces of scripts, because pylatexenc would drop them.
_OPEN, _CLOSE, _CARET, _LOW = "\ue000", "\ue001", "\ue002", "\ue003"
_PRIVATE = re.compile("[\ue000-\ue003]")
_MARKS = str.maketrans({_OPEN: None, _CLOSE: None, _CARET: "^", _LOW: "_"})
_SCRIPT_GROUP = re.compile(r"([\^_])\s?\{((?:[^{}]|\{[^{}]{0,100}\}){0,200})\}")
_SCRIPT = re.compile(rf"([\^_])(?:{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}|([^\s{_OPEN}{_CLOSE}^_]))")
_FORMULA_SPACES = re.compile(r"\s+")
_AFTER_TIMES = re.compile(r"(?<=[\w)])\s?× (?=[\w(])")
_NEEDS_TRANSLATION = re.compile(r"[\\{}~&]")
_UNESCAPED_PERCENT = re.compile(r"(?<!\\)%")
_ESCAPED_PERCENT = r"\\%"
_FRACTION = re.compile(r"\\[dtc]frac(?![A-Za-z])")
_FRAC = r"\\frac"
_OPERATOR = re.compile(r"[\s+−-]")


def clean_tex(text: str) -> str:
    r"""Return a text with its TeX as Unicode: "$\alpha$" as "α", "\textit{x}" as "x".

    Citations and labels are removed. A fragment that cannot be read is kept.
    """
    if "\\" not in text and "$" not in text:
        return text
    text = _ESCAPED_CODE.sub(_escaped_character, text)
    text = _TOO_MANY_SLASHES.sub(r"\\", _QUOTED_WITH_ESCAPES.sub(r'"\1"', text))
    translation = _Translation(text)
    cleaned = translation.run()
    if not translation.found_tex:
        return text
    # These are TeX only in a text that has other TeX.
    cleaned = _TEX_QUOTE.sub(r"“\1”", cleaned)
    cleaned = _DASHES.sub(lambda found: "—" if "---" in found[0] else "–", _TIE.sub(" ", cleaned))
    if "\\begin" in text or "\\item" in text or "\\\\" in text:
        cleaned = _LINE_BREAKS.sub("\n", cleaned).strip()
    return _TEX_SPACES.sub(" ", cleaned)


def clean_protected(title: str) -> str:
    """Return a title without the braces that keep capitals in BibTeX: "{BERT}"."""
    return _PROTECTED.sub(r"\1", title) if "{" in title else title


class _Translation:
    """One pass over a text, which collects the pieces of the result."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pairs = _brace_pairs(text)
        self._pieces: list[str] = []
        self._position = 0
        self._formulas = 0
        # Escaped signs alone, as in "44\\%", do not make a text TeX.
        self.found_tex = False
        # The ends of groups whose opening brace was removed, the innermost last.
        self._closing: list[int] = []

    def run(self) -> str:
        while (found := _TOKEN.search(self._text, self._position)) is not None:
            self._copy(found.start())
            start = self._position
            replacement, end = self._translated(found)
            if replacement is None:
                # A token that is not TeX.
                replacement, end = found[0], found.end()
            elif not found["escaped"]:
                self.found_tex = True
            self._pieces.append(replacement)
            self._position = max(end, start)
        self._copy(len(self._text))
        return "".join(self._pieces)

    def _copy(self, end: int) -> None:
        """Copy the text up to ``end`` without the braces that close removed groups."""
        while self._closing and self._closing[-1] < end:
            closing = self._closing.pop()
            if closing >= self._position:
                self._pieces.append(self._text[self._position : closing])
                self._position = closing + 1
        self._pieces.append(self._text[self._position : end])
        self._position = end

    def _translated(self, found: re.Match[str]) -> tuple[str | None, int]:
        """Return the replacement of a token and the position after it, or None if it is not TeX."""
        text, start, end = self._text, found.start(), found.end()
        if found["dollars"]:
            return self._inline_formula(start, end)
        if found["open"]:
            close = text.find("\\)" if found["open"] == "(" else "\\]", end, end + _LONGEST_FORMULA)
            formula = self._formula(text[end:close]) if close >= 0 else None
            return formula, close + 2
        if found["begin"]:
            return self._environment(found["begin"], end)
        if found["end"]:
            return "\n", end
        if found["escaped"]:
            return found["escaped"], end
        if found["space"]:
            if found["space"] == " " and (start == 0 or text[start - 1].isspace()):
                return None, end
            return ("" if found["space"] in "/!-@" else " "), end
        if found["accent"]:
            return self._accent(found["accent"], start, end)
        return self._command(found["name"], start, end)

    def _formula(self, body: str) -> str | None:
        """Return a formula as text. No paper has more than _MOST_FORMULAS, and each takes time."""
        self._formulas += 1
        return _formula(body) if self._formulas <= _MOST_FORMULAS else None

    def _inline_formula(self, start: int, end: int) -> tuple[str | None, int]:
        text, mark = self._text, self._text[start:end]
        close = text.find(mark, end, end + _LONGEST_FORMULA)
        for _ in range(_MOST_ESCAPED):
            if close <= 0 or text[close - 1] != "\\":
                break
            close = text.find(mark, close + 1, end + _LONGEST_FORMULA)
        if close < 0:
            return None, end
        body, after = text[end:close], close + len(mark)
        if len(mark) == 1 and not _is_formula(body, text[after : after + 1]):
            return None, end
        formula = self._formula(body)
        if formula and _LOW_NUMBER.fullmatch(formula) and text[start - 1 : start].isalpha():
            formula = formula[1:]  # CO$_2$
        return formula, after

    def _environment(self, name: str, end: int) -> tuple[str | None, int]:
        if name not in _NAMES["math_environments"]:
            return "\n", end
        close = re.compile(rf"\\end\s?\{{{name}\*?\}}").search(self._text, end, end + _LONGEST_FORMULA)
        if close is None:
            return "\n", end
        return self._formula(self._text[end : close.start()]), close.end()

    def _accent(self, accent: str, start: int, end: int) -> tuple[str | None, int]:
        text = self._text
        found = _ACCENTED.match(text, end)
        if found is None:
            return None, end
        letter = found["braced"] or found["dotless"] or found["plain"]
        ends_word = text[start - 1 : start].isalpha() and not text[found.end() : found.end() + 1].isalpha()
        if found["plain"] and accent == "'" and letter in "stmd" and ends_word:
            return "'" + letter, found.end()  # An escaped apostrophe: "Parkinson\'s".
        result = _symbol(f"\\{accent}{{{letter}}}")
        if result is None or len(result) != 1:
            return None, end
        return self._without_group(result, start, found.end())

    def _command(self, name: str, start: int, end: int) -> tuple[str | None, int]:
        text = self._text
        before = text[start - 1 : start]
        group = text[end : end + 1] == "{"
        if name in _NAMES["accents"]:
            return self._accent_command(name, start, end, before)
        if name in _NAMES["letters"]:
            return self._letter(name, start, end, before)
        if before in (":", "\\") and not group:
            return None, end
        if name in _NAMES["without_text"]:
            return self._removed(end)
        if name == "item":
            return "\n", end
        if name in _NAMES["switches"]:
            return self._switch(start, end)
        if group and name not in _known_symbols():
            self._open_group(start)
            return self._formatting(name, end)
        symbol = _symbol(f"\\{name}") if name in _known_symbols() else None
        if symbol:
            if symbol.isalpha() and (index := _LOW_DIGIT.match(text, end)):
                return symbol + index[1], index.end()  # \\ell_0
            if before.isalnum() and symbol.isalpha() and symbol.isascii():
                symbol = f" {symbol}"  # "n\\log n"
            return self._without_group(symbol.strip("\n") or " ", start, end)
        # A command of the authors, mostly the name of their method.
        return (name, end) if len(name) > 1 and (not before or not before.isalnum()) else (None, end)

    def _accent_command(self, name: str, start: int, end: int, before: str) -> tuple[str | None, int]:
        found = re.compile(r"\s?\{\s*(\\?[A-Za-z])\s*\}|\s([A-Za-z])").match(self._text, end)
        if found is None or (found[2] and not before.isalpha() and before != "{"):
            return None, end
        result = _symbol(f"\\{name}{{{found[1] or found[2]}}}")
        if result is None or len(result) != 1:
            return None, end
        return self._without_group(result, start, found.end())

    def _letter(self, name: str, start: int, end: int, before: str) -> tuple[str | None, int]:
        text = self._text
        after = text[end : end + 2]
        empty_group = after == "{}"
        if not (before.isalpha() or before == "{" or empty_group or after[:1] in (" ", "}")):
            return None, end
        if not before.isalpha() and before != "{" and not empty_group and name in ("i", "j", "l", "o", "th"):
            return None, end
        result = _symbol(f"\\{name}")
        if not result:
            return None, end
        if empty_group:
            end += 2
        elif after[:1] == " " and after[1:].islower() and (before.isalpha() or name.isupper()):
            end += 1
        return self._without_group(result, start, end)

    def _without_group(self, result: str, start: int, end: int) -> tuple[str, int]:
        """Return a result without the braces directly around the command: "{\\o}"."""
        text = self._text
        if text[end : end + 2] == "{}":
            end += 2
        if self._pieces and self._pieces[-1].endswith("{") and self._pairs.get(start - 1) == end:
            self._pieces[-1] = self._pieces[-1][:-1]
            end += 1
        return result, end

    def _switch(self, start: int, end: int) -> tuple[str, int]:
        r"""Remove a command such as \em, the space after it, and the braces around its group."""
        self._open_group(start)
        return "", end + (self._text[end : end + 1] == " ")

    def _open_group(self, start: int) -> None:
        """Remove the brace before a command, and later the one that closes its group."""
        if self._pieces and self._pieces[-1].endswith("{") and (close := self._pairs.get(start - 1)):
            self._pieces[-1] = self._pieces[-1][:-1]
            self._closing.append(close)

    def _removed(self, end: int) -> tuple[str, int]:
        """Remove a command with its arguments, and the space or tie before it."""
        for opening in ("[", "[", "{"):
            if self._text[end : end + 1] != opening:
                continue
            close = self._pairs.get(end) if opening == "{" else self._option_end(end)
            if close is not None:
                end = close + 1
        if self._pieces:
            self._pieces[-1] = self._pieces[-1].rstrip(" ~")
        if self._text[end : end + 1].isalnum():
            self._pieces.append(" ")
        return "", end

    def _formatting(self, name: str, end: int) -> tuple[str | None, int]:
        """Keep the argument of a command, in which the pass goes on."""
        text = self._text
        if (
            name in _NAMES["first_is_option"]
            and (close := self._pairs.get(end))
            and text[close + 1 : close + 2] == "{"
        ):
            end = close + 1
        close = self._pairs.get(end)
        if close is None:
            return "", end + 1
        if close == end + 1:
            return name, close + 1
        argument = text[end + 1 : close]
        if name in ("textsuperscript", "textsubscript") and len(argument) <= 20 and "\\" not in argument:
            before = "".join(self._pieces[-1:])[-2:]
            return (raised(argument) if name == "textsuperscript" else lowered(argument, before)), close + 1
        if name in ("footnote", "thanks"):
            return " ", close + 1 if len(argument) <= _LONGEST_FORMULA else end
        if name in _NAMES["formulas"]:
            formula_end = close
            if name == "frac" and (second := self._pairs.get(close + 1)):
                formula_end = second
            formula = self._formula(f"\\{name}{text[end : formula_end + 1]}")
            if formula is not None:
                return formula, formula_end + 1
        self._closing.append(close)
        return "", end + 1

    def _option_end(self, start: int) -> int | None:
        close = self._text.find("]", start, start + 200)
        return close if close >= 0 else None


def _brace_pairs(text: str) -> Mapping[int, int]:
    """Return the position of the closing brace of each opening brace. Escaped braces do not count."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


def _escaped_character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code < 0xA0 or 0xD800 <= code <= 0xDFFF else chr(code)


def _is_formula(body: str, after: str) -> bool:
    """Return whether the text between two dollar signs is a formula, not prose between two prices."""
    if not body.strip() or after.isdecimal() or "\n\n" in body:
        return False
    words = len(_PROSE.findall(body))
    if "\\" in body:
        return words <= _MOST_WORDS_IN_TEX
    if body[0].isspace() != body[-1].isspace():
        return False
    return words <= (0 if body[0].isdecimal() else _MOST_WORDS)


@lru_cache(maxsize=4096)
def _formula(body: str) -> str | None:
    """Return a formula as text on one line, or None if it cannot be read."""
    if len(body) > _LONGEST_FORMULA or _depth(body) > _DEEPEST:
        return None
    if _PRIVATE.search(body):
        return None
    result: str | None = _with_symbols(_FORMULA_SPACES.sub(" ", body).strip())
    if result and _NEEDS_TRANSLATION.search(result):
        result = _UNESCAPED_PERCENT.sub(_ESCAPED_PERCENT, _FRACTION.sub(_FRAC, result))
        result = _latex_to_text(f"${_stable(_SCRIPT_GROUP, _marked, result)}$")
    if result is None:
        return None
    result = _stable(_SCRIPT, _script, result).translate(_MARKS)
    return _AFTER_TIMES.sub("×", _FORMULA_SPACES.sub(" ", result)).strip()


def _with_symbols(body: str) -> str:
    """Return a formula with symbols for commands, which saves most formulas the parser."""

    def replacement(found: re.Match[str]) -> str:
        symbol = _known_symbols().get(found[1])
        if symbol is None:
            return found[0]
        # "n\\log n"
        before = found.string[found.start() - 1 : found.start()]
        return f" {symbol}" if before.isalnum() and symbol[:1].isascii() and symbol.isalpha() else symbol

    return _COMMAND.sub(replacement, body) if "\\" in body else body


def _stable(pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str) -> str:
    """Replace the innermost groups first, until none is left."""
    for _ in range(_DEEPEST):
        replaced = pattern.sub(replacement, text)
        if replaced == text:
            break
        text = replaced
    return text


def _marked(found: re.Match[str]) -> str:
    return f"{found[1]}{_OPEN}{found[2]}{_CLOSE}"


def _script(found: re.Match[str]) -> str:
    script = found[3] if found[2] is None else found[2]
    if found[1] == "^":
        return raised(script).replace("^", _CARET)
    return lowered(script, found.string[max(0, found.start() - 2) : found.start()]).replace("_", _LOW)


def _depth(body: str) -> int:
    depth = deepest = 0
    for character in body:
        if character == "{":
            depth += 1
            deepest = max(deepest, depth)
        elif character == "}":
            depth -= 1
    return max(deepest, body.count("\\left"), body.count("\\begin"))


@lru_cache(maxsize=1024)
def _symbol(command: str) -> str | None:
    return _latex_to_text(command)


def _latex_to_text(fragment: str) -> str | None:
    converter, parser, walker_db = _converter()
    try:
        walker = parser(fragment, latex_context=walker_db, tolerant_parsing=True)
        result: str = converter.nodelist_to_text(walker.get_latex_nodes()[0])
    except Exception:  # noqa: BLE001 - pylatexenc raises errors of many types on broken TeX
        return None
    return result


@cache
def _converter() -> tuple[Any, Any, Any]:
    """Return pylatexenc's writer of text, its parser, and the commands that the parser knows."""
    # Few files need this import.
    from pylatexenc import latexwalker
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    context = get_default_latex_context_db()
    own = [
        MacroTextSpec("frac", _fraction),
        MacroTextSpec("texttt", "%s"),
        MacroTextSpec("|", "‖"),
    ]
    context.add_context_category("kgraph", macros=own, prepend=True)
    context.set_unknown_macro_spec(MacroTextSpec("", _unknown_command))
    writer = LatexNodes2Text(math_mode="text", keep_comments=True, latex_context=context)
    return writer, latexwalker.LatexWalker, latexwalker.get_default_latex_context_db()


def _fraction(node: Any, l2tobj: Any) -> str:
    """Return a fraction on one line: "(a + 1)/b"."""
    parts = [l2tobj.nodelist_to_text([argument]).strip() for argument in node.nodeargd.argnlist]
    return "/".join(f"({part})" if _OPERATOR.search(part) else part for part in parts)


def _unknown_command(node: Any) -> str:
    r"""Return the name of a command such as \R, and nothing before an argument, as in \norm{x}."""
    after = node.parsing_state.s[node.pos + node.len : node.pos + node.len + 1]
    name: str = node.macroname
    return name if name.isalpha() and name not in _NAMES["switches"] and after != "{" else ""


@cache
def _known_symbols() -> Mapping[str, str]:
    """Return the text of each command without arguments that pylatexenc translates."""
    writer, _, known_to_parser = _converter()
    symbols: dict[str, str] = {}
    for spec in writer.latex_context.iter_macro_specs():
        name, text = spec.macroname, spec.simplify_repl
        parsed = known_to_parser.get_macro_spec(name)
        takes_arguments = parsed is not None and parsed.args_parser.argspec
        if isinstance(text, str) and text and "%" not in text and not takes_arguments:
            # Several categories have the same name, the first of which counts.
            symbols.setdefault(name, text)
    return symbols
