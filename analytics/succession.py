"""One worker writes at a time: on a server, who takes over first ends whatever came before.

A worker that was killed may have an insert running on the server, or still on its way there: in a
socket's buffer, in a proxy. Were its successor to ask how far it came, and to store what follows,
the insert could land afterwards and count the same events twice. So could a correction of rollups,
or the blocks of a closed day.

So a worker writes in a session of the server's. The server runs one statement of a session at a
time and refuses a statement of a session that it does not know. Whoever takes over

1.  opens a session under a name that nobody had before;
2.  asks which worker took over last, and closes that one's session: what runs in it ends first,
    what arrives later is refused;
3.  writes down that it is the next, under its own name;
4.  looks whether somebody else did so in the meantime; then neither goes on, and each begins again.

Only then it reads how far events are stored. A worker that is paused or cut off, and comes back
after another took over, is refused too, and takes over in its turn; so is one whose own connection
broke over an insert, since it begins again here. 1 comes before 3, and 2 before 3, so that a worker
killed anywhere in between leaves either nothing or a session that the next one closes.

A server forgets its sessions when it ends, with all that was on its way to it. Sessions belong to
one server and to one user: behind an address there must be one server, and an insert is on its way
no longer when users are changed. On chDB a folder is opened by one process, and nothing is on its
way when that ends.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final, LiteralString

from analytics import sessions
from analytics.store import Store, StoreFault

ENDING_S: Final = 60
"""How long a successor waits for what runs: longer than a server waits for the rest of a statement, or runs it."""
_LOOK_S: Final = 0.05
_LAST: Final[LiteralString] = """
SELECT number, session FROM lethe.workers WHERE number = (SELECT max(number) FROM lethe.workers)
"""
_SINCE: Final[LiteralString] = "SELECT session FROM lethe.workers WHERE number > {number:UInt64}"


async def take_over(stores: Sequence[Store]) -> None:
    """End what an earlier worker left on its way to a server, and write in its place from now on.

    Args:
        stores: Of one server, a user each; the first may read and write ``lethe.workers``.

    Raises:
        StoreFault: The database failed, or another worker took over at the same time; nothing can be written with
            `stores` until this has succeeded.
    """
    if not stores[0].is_server:
        return
    try:
        await _succeed(stores, secrets.token_hex(16))
    except StoreFault:
        for store in stores:
            store.leave()
        raise


async def _succeed(stores: Sequence[Store], name: str) -> None:
    for store, session in zip(stores, _names(name, stores), strict=True):
        await store.enter(session)
    last = await stores[0].query(_LAST)
    for _, ended in last:
        for store, session in zip(stores, _names(ended, stores), strict=True):
            await _end(store, session)
    number = last[0][0] if last else 0
    await stores[0].insert("lethe.workers", [{"number": number + 1, "session": name}])
    if await stores[0].query(_SINCE, {"number": number}) != [(name,)]:
        raise StoreFault(sessions.GONE)


def _names(name: str, stores: Sequence[Store]) -> list[str]:
    """Return the session of each store: of its own, should two of them have the same user."""
    return [f"{name}-{place}" for place in range(len(stores))]


async def _end(store: Store, session: str) -> None:
    """Close a session and return once the server does not know it.

    Raises:
        StoreFault: The database failed, or something has been running in the session for `ENDING_S`.
    """
    for _ in range(round(ENDING_S / _LOOK_S)):
        try:
            await store.end(session)
        except StoreFault as fault:
            if fault.code == sessions.GONE:
                return
            if fault.code != sessions.IN_USE:
                raise
        await asyncio.sleep(_LOOK_S)
    raise StoreFault(sessions.IN_USE)
