"""Read the values of BibTeX: strings and their parts, braces, names and dates.

TeX commands are kept. The cleaning that all formats share turns them into
Unicode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_VALUE_MARK = re.compile(r'\\.|[{}"#]', re.DOTALL)
_BRACE_MARK = re.compile(r"\\(?:[A-Za-z]+\*?\s*|.)|[{}$^_]", re.DOTALL)
_TIE = re.compile(r"(?<=[^\s\\])~(?=\S)")
_PARAGRAPH = re.compile(r"\n[ \t]*\n\s*")
_ESCAPED = re.compile(r"\\(?:([_%&#$~{}])|textunderscore\b|textasciitilde\b)")
_ADDRESS_COMMAND = re.compile(r"\\(?:url|href|path)\b")
_NAME_PART = re.compile(r"\s*,?\s*(family|given|prefix|suffix|useprefix|[a-z]+-i)\s*=\s*", re.IGNORECASE)
_EXTENDED_NAME = re.compile(r"\s*(?:family|given|prefix)\s*=", re.IGNORECASE)
_OTHERS = re.compile(r"others|et\.?\s*al\.?|\.{3}|…", re.IGNORECASE)
_MOST_COMMAS = 2


def joined_value(raw: str, strings: Mapping[str, str]) -> str:
    """Return the text of a value such as ``"a " # name # {b}``, without its outer quotes or braces.

    ``strings`` are the texts of ``@string`` by their names in lower case. A name
    without a text is kept as it is.
    """
    return "".join(_part(part.strip(), strings) for part in _parts(raw))


def _parts(raw: str) -> Iterator[str]:
    """Yield the parts of a value between ``#`` outside braces and quotes."""
    start = depth = 0
    quoted = False
    for mark in _VALUE_MARK.finditer(raw) if "#" in raw else ():
        match mark[0]:
            case "{":
                depth += 1
            case "}":
                depth -= 1
            case '"' if depth == 0:
                quoted = not quoted
            case "#" if depth == 0 and not quoted:
                yield raw[start : mark.start()]
                start = mark.end()
    yield raw[start:]


def _part(part: str, strings: Mapping[str, str]) -> str:
    if len(part) > 1 and part[0] + part[-1] in ('""', "{}"):
        return part[1:-1]
    return strings.get(part.lower(), part)


def without_braces(text: str) -> str:
    r"""Return a text without the braces that keep capitals or group words.

    The braces of TeX are kept: those of arguments, of groups that begin with a
    command, and all within a formula.

    >>> without_braces(r"{{HeronProbe}}: M{\"u}ller and \emph{van} {van der Berg} in $x_{i}$")
    'HeronProbe: M{\\"u}ller and \\emph{van} van der Berg in $x_{i}$'
    """
    if "{" not in text and "}" not in text:
        return text
    kept: list[str] = []
    open_groups: list[bool] = []
    formula = False
    argument_follows = False
    start = 0
    for mark in _BRACE_MARK.finditer(text):
        kept.append(text[start : mark.start()])
        argument = argument_follows and start == mark.start()
        argument_follows = False
        start = mark.end()
        symbol = mark[0]
        if symbol == "{":
            tex = formula or argument or text.startswith("\\", mark.end())
            open_groups.append(tex)
            kept.append("{" if tex else "")
        elif symbol == "}":
            tex = open_groups.pop() if open_groups else False
            kept.append("}" if tex else "")
            # A command may have another argument.
            argument_follows = tex
        else:
            formula ^= symbol == "$"
            argument_follows = symbol in "^_" or symbol[0] == "\\"
            kept.append(symbol)
    return "".join([*kept, text[start:]])


def plain_text(value: str) -> str:
    """Return a value without grouping braces, ties and line ends within paragraphs."""
    text = _TIE.sub(" ", without_braces(value))
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in _PARAGRAPH.split(text.strip()))


def address_text(value: str) -> str:
    r"""Return a value for reading identifiers and addresses: without braces, and ``_`` for ``\_``."""
    text = _ESCAPED.sub(lambda match: match[1] or "_", _ADDRESS_COMMAND.sub(" ", value))
    return " ".join(text.replace("{", "").replace("}", " ").split())


def author_names(value: str) -> list[str]:
    """Return the names of a list of authors with the given name first. "and others" is the name "others"."""
    names = split_multiple_persons_names(value)
    if len(names) == 1 and ";" in value:
        names = value.split(";")
    return [found for name in names if (found := _name(name.strip(" ,;\n\t")))]


def _name(name: str) -> str:
    if not name or _OTHERS.fullmatch(name):
        return name
    if _EXTENDED_NAME.match(name):
        return _extended_name(name)
    if name.count(",") > _MOST_COMMAS or name.count("{") != name.count("}"):
        # More commas than a name has: an organisation, or a list that is not clear.
        return plain_text(name)
    parts = parse_single_name_into_parts(name, strict=False)
    return plain_text(" ".join([*parts.first, *parts.von, *parts.last, *parts.jr]))


def _extended_name(name: str) -> str:
    """Return the name of ``family=Berg, given=Cas, prefix=van der``, a form of BibLaTeX."""
    _, *pieces = _NAME_PART.split(name)
    parts = {key.lower(): value for key, value in zip(pieces[::2], pieces[1::2], strict=True)}
    ordered = (parts.get(key, "").strip(' ,"') for key in ("given", "prefix", "family", "suffix"))
    return plain_text(" ".join(filter(None, ordered)))
