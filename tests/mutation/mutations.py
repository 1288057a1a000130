# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds what can be changed in a C file so that a test should notice: operators, constants,
returned values, statements. Comments, strings and includes stay as they are."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<skip>\s+|/\*.*?\*/|//[^\n]*|^[ \t]*\#[ \t]*(?:include[^\n]*|\w+)|"(?:\\.|[^"\\])*")
      | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
      | (?P<character>'(?:\\.|[^'\\])+')
      | (?P<word>[A-Za-z_]\w*)
      | (?P<operator>->|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\+=|-=|.)""",
    re.X | re.S | re.M,
)
REPLACED = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "&&": "||", "||": "&&", "+": "-", "-": "+", "+=": "-=", "-=": "+=",
}
KEYWORDS = set(
    "auto bool break case char const continue default do double else enum extern float for goto if int long"
    " register return short signed sizeof static struct switch typedef union unsigned void volatile while".split()
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Mutation:
    path: str
    what: str
    begin: int
    end: int
    text: str  # in place of source[begin:end]

    def apply(self, source):
        return source[: self.begin] + self.text + source[self.end :]

    def line(self, source):
        return source.count("\n", 0, self.begin) + 1

    def show(self, source):
        """The lines that are changed, before and after, each as one line."""
        first = source.rfind("\n", 0, self.begin) + 1
        last = source.find("\n", self.end)
        return [" ".join(s.split()) for s in (source[first:last], source[first : self.begin] + self.text + source[self.end : last])]


def tokens_of(source):
    found = (Token(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(source))
    return [t for t in found if t.kind != "skip"]


def is_operand(token):
    """Does a value end here, so that + or - behind it has two sides?"""
    return token.kind in ("number", "character") or token.text in (")", "]") or (token.kind == "word" and token.text not in KEYWORDS)


def operators(tokens):
    for before, token, behind in zip(tokens, tokens[1:], tokens[2:]):
        if token.text == "!":
            yield "! is dropped", token.begin, token.end, ""
        if token.kind != "operator" or token.text not in REPLACED or not is_operand(before):
            continue
        yield f"{token.text} becomes {REPLACED[token.text]}", token.begin, token.end, REPLACED[token.text]
        if token.text in "+-" and behind.text == "1":
            yield f"{token.text} 1 is dropped", token.begin, behind.end, ""


def next_number(text):
    digits = text.rstrip("uUlL")
    value = int(digits, 16 if digits[:2] in ("0x", "0X") else 10) + 1
    return (hex(value) if digits[:2] in ("0x", "0X") else str(value)) + text[len(digits) :]


def constants(tokens):
    for left, before, token in zip(tokens, tokens[1:], tokens[2:]):
        if before.text == "-" and token.text == "1" and not is_operand(left):
            yield "-1 becomes 0", before.begin, token.end, "0"
        elif token.kind == "number":
            yield f"{token.text} becomes {next_number(token.text)}", token.begin, token.end, next_number(token.text)
        elif token.kind == "character" and re.fullmatch(r"'[ -%(-Z^-}]'", token.text):
            changed = f"'{chr(ord(token.text[1]) + 1)}'".replace("'''", r"'\''")
            yield f"{token.text} becomes {changed}", token.begin, token.end, changed


def end_of_statement(tokens, i):
    """The index of the semicolon that ends the statement at i; None when there is none, as in a macro."""
    depth = 0
    for k in range(i, len(tokens)):
        depth += (tokens[k].text in "({[") - (tokens[k].text in ")}]")
        if depth < 0:
            return None
        if depth == 0 and tokens[k].text == ";":
            return k
    return None


def returns(tokens):
    for i, token in enumerate(tokens):
        end = end_of_statement(tokens, i) if token.text == "return" else None
        if end is None or end == i + 1:
            continue
        value = "".join(t.text for t in tokens[i + 1 : end])
        others = {"true": ["false"], "false": ["true"]}.get(value, ["0", "-1"])
        for other in others:
            if other != value:
                yield f"returns {other}", tokens[i + 1].begin, tokens[end - 1].end, other


def opening(tokens, i):
    """The index of the parenthesis that the one at i closes."""
    depth = 0
    while True:
        depth += (tokens[i].text == ")") - (tokens[i].text == "(")
        if depth == 0:
            return i
        i -= 1


def begins_statement(tokens, i):
    before = tokens[i - 1].text
    if before == ")":
        return tokens[opening(tokens, i - 1) - 1].text in ("if", "for", "while", "switch")
    if before == ":":
        return tokens[i - 2].text == "default" or tokens[i - 3].text == "case"
    return before in (";", "{", "}", "else")


def statements(tokens):
    """Calls and assignments. Declarations are none: there a name follows a type."""
    parens = 0
    for i, token in enumerate(tokens[:-1]):
        parens += (token.text == "(") - (token.text == ")")
        is_first = (token.kind == "word" and token.text not in KEYWORDS) or token.text == "*"
        if i < 3 or parens or not is_first or tokens[i + 1].kind == "word" and token.text != "*":
            continue
        end = end_of_statement(tokens, i) if begins_statement(tokens, i) else None
        if end is not None:
            yield "the statement is dropped", token.begin, tokens[end].end, "{}"


def find(path, source):
    tokens = tokens_of(source)
    return [Mutation(path, *change) for kind in (operators, constants, returns, statements) for change in kind(tokens)]
