"""A-023 behind nginx itself, with the lines of ``docs/access.md``: who is refused there, who comes in."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from tests.access.states import CERTIFICATE_HEADER, PUBLIC, digest, row
from tests.access.test_our_certificate import ours
from tests.listening import listening
from tests.remote.test_tls import CURRENT, HERE, Authority
from tests.smart.software import free_port
from werkzeug.serving import make_server

from parcours.settings import Settings
from parcours.web import create_app

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
PAGE = Path(__file__).resolve().parents[2] / "docs/access.md"
TASKS = "/fhir/Task"

CONFIGURATION = """
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {own}; ssl_certificate_key {own};
    {lines}
    location / {{ proxy_pass http://127.0.0.1:{behind}; }}
  }}
}}
"""


def lines_of_the_page(authority: Authority) -> str:
    """What the page says, with the authority of the test, which has no list of revoked certificates."""
    (block,) = re.findall(r"^```nginx\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    said = re.sub(r"#.*", "", block).replace("/etc/parcours/clients-ca.pem", str(authority.file))
    return re.sub(r"ssl_crl[^;]*;", "", said)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


@pytest.fixture
def known(authority: Authority, tmp_path: Path) -> tuple[str, str]:
    return ours(authority, tmp_path)


@pytest.fixture
def behind(tmp_path: Path, known: tuple[str, str]) -> Iterator[int]:
    """The service, which knows a client by this certificate alone."""
    clients = tmp_path / "clients.toml"
    pem = Path(known[0]).read_text("ascii")
    clients.write_text(row("x", "nord", f'certificate_sha256 = "{digest(pem)}"'), encoding="utf-8")
    app = create_app(
        Settings(
            clients=str(clients),
            public_url=PUBLIC,
            database=str(tmp_path / "kept.sqlite"),
            keys=str(tmp_path / "keys"),
            proxy="127.0.0.1",
            certificate_header=CERTIFICATE_HEADER,
        )
    )
    with listening(make_server("127.0.0.1", 0, app, threaded=True)) as port:
        yield port


@pytest.fixture
def front(tmp_path: Path, authority: Authority, behind: int) -> Iterator[str]:
    if NGINX is None:
        pytest.skip("outil absent : nginx")
    before = set(tmp_path.glob("*.pem"))
    authority.server(HERE, CURRENT)
    (own,) = set(tmp_path.glob("*.pem")) - before
    port = free_port()
    file = tmp_path / "nginx.conf"
    lines = lines_of_the_page(authority)
    file.write_text(CONFIGURATION.format(folder=tmp_path, port=port, own=own, lines=lines, behind=behind))
    command = [NGINX, "-p", str(tmp_path), "-c", str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=30)  # it listens once this returns
    yield f"https://localhost:{port}"
    subprocess.run([*command, "-s", "stop"], check=True, capture_output=True, timeout=30)


def test_a023_nginx_lets_through_the_certificates_it_has_verified_and_no_header_from_outside(
    front: str, authority: Authority, known: tuple[str, str], tmp_path: Path
) -> None:
    trusted = str(authority.file)

    def status(certificate: tuple[str, str] | None, **headers: str) -> int:
        url = front + TASKS
        return requests.get(url, cert=certificate, headers=headers, verify=trusted, timeout=20).status_code

    (tmp_path / "other").mkdir()
    foreign = ours(Authority.make(tmp_path / "other"), tmp_path / "other")
    forged = quote(Path(known[0]).read_text("ascii"))
    assert status(known) == 200
    assert status(None) == 401
    assert status(None, **{CERTIFICATE_HEADER: forged}) == 401, "replaced by nothing"
    assert status(foreign) == 400, "refused by nginx"
    assert status(foreign, **{CERTIFICATE_HEADER: forged}) == 400
    second = tmp_path / "second"
    second.mkdir()
    stranger = ours(Authority(authority.key, authority.certificate, second / "ca.pem"), second)
    assert status(stranger) == 401, "of the right authority, and of no row"
    assert status(stranger, **{CERTIFICATE_HEADER: forged}) == 401
