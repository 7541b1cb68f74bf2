from __future__ import annotations

from collections.abc import Iterator

import pytest
from peer import Peer


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """One worker for call after call, as in a run."""
    peer = Peer(tmp_path_factory.mktemp("project"))
    yield peer
    peer.close()
