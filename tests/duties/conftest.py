"""What is told of one request, by every face at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.duties.told import Told, everything

Tell = Callable[[dict[str, Any]], Told]


@pytest.fixture
def tell(tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Tell:
    """Everything that the program says and keeps of a request."""

    def printed() -> str:
        return "\n".join(capsys.readouterr())

    return lambda document: everything(document, tmp_path, printed, caplog)
