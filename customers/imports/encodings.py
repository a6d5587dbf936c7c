"""Which encoding a text file has: byte order mark, else strict UTF-8, else GB18030, else refused.

Never Latin-1, which would read anything as something. Bytes that have two good readings are
refused too: nobody is here to ask, and a name once misread is stored wrong for good.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from customers.imports.reasons import FileRefused

BLOCK = 1 << 20
LONGEST_LINE = 1 << 19  # characters; a row of order lines has some hundred

_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_HIGH = re.compile(rb"[\x80-\xff]+")
_PRIVATE = re.compile("[\ue000-\uf8ff\ufffd]")
_WORD = re.compile("[\u2e80-\U0002ffff]{2,20}")
_SAMPLE = 20_000  # characters that decide whether GB18030 makes sense


class Encoding(NamedTuple):
    """A codec, and where it is the last guess, some words read by it for a person to judge."""

    name: str
    sample: str = ""


def detect(open_file: Callable[[], BinaryIO]) -> Encoding:
    """Return the encoding of a file, read once from end to end.

    Raises FileRefused for no text, two readings, none, or a line beyond LONGEST_LINE.
    """
    with open_file() as file:
        head = file.read(4096)
    if not head:
        raise FileRefused("empty")
    for mark, name in _MARKS:
        if head.startswith(mark):
            if not _decodes(open_file, name):
                raise FileRefused("encoding")
            return Encoding(name)
    # A stray one is a bad cell; many are another kind of file, or UTF-16 without its mark.
    if head.count(b"\0") > len(head) // 8:
        raise FileRefused("not_text")
    try:
        _check_utf8(open_file)
    except UnicodeDecodeError:
        return Encoding("gb18030", _check_gb18030(open_file))
    return Encoding("utf-8")


def _decodes(open_file, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with open_file() as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _blocks(open_file) -> Iterator[bytes]:
    """Yield the file in blocks of whole lines."""
    rest, lines = b"", 0
    with open_file() as file:
        while block := file.read(BLOCK):
            end = max(block.rfind(b"\n"), block.rfind(b"\r")) + 1
            if not end:
                rest += block
                if len(rest) > 4 * LONGEST_LINE:
                    raise FileRefused("line_too_long", line=lines + 1)
                continue
            lines += block.count(b"\n")
            yield rest + block[:end]
            rest = block[end:]
    if rest:
        yield rest


def _check_utf8(open_file) -> None:
    """Raise UnicodeDecodeError for other bytes, FileRefused for bytes that GB18030 reads as well.

    Two Chinese characters of GBK can be valid UTF-8 (一直 is). One sequence that only UTF-8
    explains settles the question for the whole file.
    """
    settled, doubtful = False, False
    for block in _blocks(open_file):
        if block.isascii():
            continue
        block.decode("utf-8")
        if settled:
            continue
        for found in _HIGH.finditer(block):
            if _only_utf8(found.group()):
                settled = True
                break
            doubtful = True
    if doubtful and not settled:
        raise FileRefused("encoding_unclear")


def _only_utf8(run: bytes) -> bool:
    """Say whether a run of bytes makes sense in UTF-8 only."""
    characters = run.decode("utf-8")
    if any(character >= "\u0800" for character in characters):
        return True
    try:
        hanzi = run.decode("gb2312")
    except UnicodeDecodeError:
        return True
    if not all("\u4e00" <= character <= "\u9fff" for character in hanzi):
        return True
    # A single accented letter, as in José: Chinese seldom stands as one character alone.
    return len(characters) == 1 and characters <= "\u024f"


def _check_gb18030(open_file) -> str:
    """Return the first words of a file that GB18030 decodes into plausible Chinese.

    Raises FileRefused for any other.

    Big5 and the Windows code pages decode as well, but into private-use and rare characters.
    """
    usual = odd = 0
    sample = ""
    for block in _blocks(open_file):
        try:
            text = block.decode("gb18030")
        except UnicodeDecodeError:
            raise FileRefused("encoding") from None
        if _PRIVATE.search(text):
            raise FileRefused("encoding")
        if not sample and (found := _WORD.search(text)):
            sample = found.group()
        if usual + odd > _SAMPLE:
            continue
        for character in re.findall("[^\x00-\x7f]", text)[:_SAMPLE]:
            if _is_usual(character):
                usual += 1
            else:
                odd += 1
    if odd > usual:
        raise FileRefused("encoding")
    return sample


def _is_usual(character: str) -> bool:
    """Say whether a character speaks for GB18030: of GB2312, or written in four bytes."""
    if len(character.encode("gb18030")) == 4:
        return True
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return "\u4e00" <= character <= "\u9fff" or character in "，。、；：（）【】《》“”·—…￥％－＋／"
