import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.llm.sse import MAX_LINE_BYTES, DataLines, Overlong


def parsed(*chunks):
    lines = DataLines()
    return [payload for chunk in chunks for payload in lines.feed(chunk)]


@pytest.mark.parametrize(
    "stream,payloads",
    [
        pytest.param(b"data: a\n\ndata: b\n\n", [b"a", b"b"], id="usual"),
        pytest.param(b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"], id="crlf"),
        pytest.param(b"data:a\n\n", [b"a"], id="no space after the colon"),
        pytest.param(b"data: a\ndata: b\n", [b"a", b"b"], id="no blank lines between"),
        pytest.param(b": keep-alive\n\ndata: a\n\n", [b"a"], id="comment"),
        pytest.param(b"event: x\nid: 1\nretry: 5\ndata: a\n\n", [b"a"], id="other fields"),
        pytest.param(b"data:\n\ndata: \n\n", [], id="empty payloads"),
        pytest.param(b"database: a\n\n", [], id="a field whose name only begins like data"),
        pytest.param(b"data: [DONE]\n\n", [b"[DONE]"], id="the end marker is a payload"),
        pytest.param(b"data: a", [], id="a line without its end is not yet one"),
        pytest.param("data: é€😀\n\n".encode(), ["é€😀".encode()], id="characters of several bytes"),
    ],
)
def test_payloads_of_a_stream(stream, payloads):
    assert parsed(stream) == payloads


lines = st.sampled_from([b"data: {}", "data: naïve 😀".encode(), b": c", b"event: x", b"", b"data: [DONE]", b"data:"])
streams = st.lists(st.tuples(lines, st.sampled_from([b"\n", b"\r\n"])), max_size=20).map(
    lambda parts: b"".join(line + end for line, end in parts)
)


@given(streams, st.lists(st.integers(0, 400), max_size=12))
def test_any_chunking_gives_what_the_whole_gives(stream, cuts):
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[start:end] for start, end in itertools.pairwise(edges)]
    assert parsed(*chunks) == parsed(stream)


def test_a_line_without_end_is_refused_before_it_fills_the_memory():
    parser = DataLines()
    assert parser.feed(b"x" * MAX_LINE_BYTES) == []
    with pytest.raises(Overlong):
        parser.feed(b"x")
