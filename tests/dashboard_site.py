"""The figures' app on a port, for a browser whose driver has the main thread."""

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import uvicorn

from analytics.store import Store
from tests.dashboard_app import App, fill
from tests.fixtures_clickhouse import free_port


class Site(uvicorn.Server):
    """The app over chDB with some months of a clinic; entered, it answers at `url`."""

    def __init__(self, folder: Path) -> None:
        self._folder, port = folder, free_port()
        super().__init__(uvicorn.Config(self._answer, port=port, log_config=None, lifespan="off", interface="asgi3"))
        self.url = f"http://127.0.0.1:{port}"
        self.ready: Future[None] = Future()
        self._app: Any = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self.run_to_the_end()))

    def __enter__(self) -> Self:
        self._thread.start()
        self.ready.result()
        return self

    def __exit__(self, *_: object) -> None:
        self.should_exit = True
        self._thread.join()

    async def run_to_the_end(self) -> None:
        try:
            store = await Store.open(data_dir=str(self._folder / "chdb"))
            await fill(store)
            app = App(store, self._folder)
            self._app, self.token = app._app, app.mine
            await self.serve()
            await store.close()
        except Exception as error:
            self.ready.set_exception(error)
            raise

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set_result(None)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app(scope, receive, send)
