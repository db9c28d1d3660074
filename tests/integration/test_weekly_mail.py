"""The weekly letter on its way: when it goes out, that it goes out once, and how a server is spoken to."""

import asyncio
import contextlib
import datetime as dt
import email
import email.policy
import ipaddress
import ssl
import threading
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import capture_logs

from analytics import outbox
from analytics.closing import Closing
from analytics.dashboard.app import create_app
from analytics.dashboard.mailing import Mailing
from analytics.dashboard.tokens import make
from analytics.figures import Figures
from analytics.mail_settings import Mail, Smtp, Tls
from analytics.outbox import run, send_due
from analytics.seed import events
from analytics.sink import turn_row
from analytics.store import Store, StoreFault
from schemas.clinic import parse_clinic
from schemas.taxonomy import CLINIC_TOPIC, NO_TOPIC, Source
from schemas.treatments import treatments
from tests.dashboard_app import OPERATOR, App
from tests.openapi import check

FILE = Path(__file__).parents[2] / "deploy" / "clinics" / "clinique-lumiere.toml"
CLINIC = parse_clinic(FILE.read_text("utf-8"), file_id=FILE.stem)
ZONE = dt.timezone(dt.timedelta(hours=1))
"""Near enough to the clinic's, in summer too, for mornings."""
TODAY = dt.datetime.now(dt.UTC).date()
SUNDAY = TODAY - dt.timedelta(days=TODAY.isoweekday() + 7)
YEAR, NUMBER, _ = SUNDAY.isocalendar()
STEM = f"{CLINIC.id}-{YEAR}-W{NUMBER:02}"


def at(days: int, hour: int = 9) -> dt.datetime:
    """Return an hour of the `days`-th day after the Sunday."""
    return dt.datetime.combine(SUNDAY + dt.timedelta(days=days), dt.time(hour), ZONE)


MONDAY = at(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A clinic's visitors of 12 weeks, closed up to the Sunday."""
    store = asyncio.run(Store.open(data_dir=str(tmp_path_factory.mktemp("chdb"))))
    asyncio.run(_fill(store))
    yield store
    asyncio.run(store.close())


async def _fill(store: Store) -> None:
    await store.migrate(frozenset({*treatments(), CLINIC_TOPIC, NO_TOPIC}))
    offered = [one.slug for one in CLINIC.treatments if one.offered]
    made = events(CLINIC.id, days=84, until=SUNDAY, timezone=CLINIC.time_zone, offered=offered)
    facts = [msgspec.structs.replace(fact, source=Source.VISITOR) for fact in made]
    await store.insert("lethe.turn_facts", [turn_row(fact, late=False, stream=1, batch=1) for fact in facts])
    closing = Closing(store, timezone=lambda _: CLINIC.time_zone)
    await closing.close(CLINIC.id, Source.VISITOR, now=at(1, hour=5))


@pytest.fixture
def figures(store):
    return Figures(store, own=True)


@pytest.fixture
def mail(tmp_path):
    return Mail(tmp_path / "outbox", None, "figures@host.example", "", "https://figures.example")


class Asked(NamedTuple):
    """What one connection said to the server."""

    commands: list[str]
    body: bytes


class SmtpServer:
    """Answers as an SMTP server does; `answers` replaces what it says to a command, "" hangs up."""

    def __init__(self, answers=None, *, context: ssl.SSLContext | None = None, wrapped: bool = False) -> None:
        self.answers, self.context, self.wrapped = answers or {}, context, wrapped
        self.heard: list[Asked] = []

    async def __aenter__(self):
        wrap = self.context if self.wrapped else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=wrap)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        await self._server.wait_closed()

    def smtp(self, tls: Tls = Tls.NONE, user: str = "", password: str = "", authorities: str = "") -> Smtp:
        return Smtp("localhost" if self.context else "127.0.0.1", self.port, tls, user, password, authorities)

    @property
    def bodies(self) -> list[bytes]:
        return [asked.body for asked in self.heard if asked.body]

    def said(self) -> list[str]:
        return [command.split()[0].upper() for asked in self.heard for command in asked.commands]

    async def _serve(self, reader, writer):
        asked = Asked([], b"")
        self.heard.append(asked)
        with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            await self._talk(reader, writer, asked)
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _talk(self, reader, writer, asked):
        writer.write(b"220 ready\r\n")
        while line := (await reader.readuntil(b"\r\n")).decode():
            asked.commands.append(line.strip())
            verb = line.split()[0].upper()
            if verb == "DATA" and verb not in self.answers:
                writer.write(b"354 go on\r\n")
                self.heard[-1] = Asked(asked.commands, await reader.readuntil(b"\r\n.\r\n"))
                verb = "TEXT"
            reply = self.answers.get(verb, self._usual(verb))
            if not reply:
                return
            writer.write(reply.encode() + b"\r\n")
            if verb == "STARTTLS" and reply.startswith("220"):
                await writer.start_tls(self.context)

    def _usual(self, verb: str) -> str:
        offers = ["STARTTLS"] if self.context and not self.wrapped else []
        return {
            "EHLO": "\r\n".join(f"250-{offer}" for offer in ["host", *offers]) + "\r\n250 AUTH PLAIN",
            "STARTTLS": "220 go on",
            "AUTH": "235 welcome",
            "QUIT": "221 bye",
        }.get(verb, "250 fine")


def files(mail: Mail) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in mail.outbox.iterdir()} if mail.outbox.exists() else {}


def lines(part) -> str:
    return part.get_content().replace("\r\n", "\n")


def due(figures, store, mail, now=MONDAY):
    return send_due(figures, store, mail, clinic=CLINIC, now=now)


async def test_a_letter_lies_in_the_outbox_on_monday_and_once(figures, store, mail):
    assert await due(figures, store, mail)
    found = files(mail)
    assert found.keys() == {f"{STEM}.html", f"{STEM}.txt", f"{STEM}.eml", f"{STEM}.sent"}
    assert not await due(figures, store, mail)
    assert not await due(figures, store, mail, at(2))
    assert files(mail) == found
    told = email.message_from_bytes(found[f"{STEM}.eml"], policy=email.policy.default)
    assert (told["To"], told["From"]) == (CLINIC.email, "figures@host.example")
    assert lines(told.get_body(("plain",))) == found[f"{STEM}.txt"].decode()
    assert lines(told.get_body(("html",))) == found[f"{STEM}.html"].decode()
    assert f"{CLINIC.name} : " in str(told["Subject"]), "in the clinic's first language"
    assert f"from={SUNDAY - dt.timedelta(days=6)}&to={SUNDAY}" in found[f"{STEM}.txt"].decode()


@pytest.mark.parametrize(
    "now,sent",
    [(at(0, 23), False), (at(1, 4), False), (at(1, 9), True), (at(3, 9), True), (at(4, 9), False), (at(9, 9), False)],
    ids=["Sunday", "Monday night", "Monday morning", "Wednesday", "Thursday", "the week after"],
)
async def test_letters_go_out_from_monday_morning_to_wednesday(figures, store, mail, now, sent):
    assert await due(figures, store, mail, now) is sent


async def test_a_clinic_that_nobody_asked_gets_no_letter(figures, store, mail):
    other = msgspec.structs.replace(CLINIC, id="nobody")
    assert not await send_due(figures, store, mail, clinic=other, now=MONDAY)
    assert files(mail) == {}


async def test_a_server_gets_it_once_whoever_starts_anew(figures, store, mail):
    async with SmtpServer() as server:
        sending = mail._replace(smtp=server.smtp())
        assert await due(figures, store, sending)
        assert not await due(Figures(store, own=True), store, sending)
    (body,) = server.bodies
    assert server.heard[0].commands[1:3] == ["mail FROM:<figures@host.example>", f"rcpt TO:<{CLINIC.email}>"]
    told = email.message_from_bytes(body.removesuffix(b".\r\n"), policy=email.policy.default)
    assert lines(told.get_body(("plain",))) == files(mail)[f"{STEM}.txt"].decode()
    assert told["Auto-Submitted"] == "auto-generated"


async def test_one_recipient_may_get_every_letter(figures, store, mail):
    async with SmtpServer() as server:
        assert await due(figures, store, mail._replace(smtp=server.smtp(), to="us@host.example"))
    assert "rcpt TO:<us@host.example>" in server.heard[0].commands


@pytest.mark.parametrize(
    "answers",
    [
        {"EHLO": "421 busy", "HELO": "421 busy"},
        {"MAIL": "451 later"},
        {"RCPT": "550 nobody of that name"},
        {"RCPT": ""},
        {"DATA": "451 later"},
        {"TEXT": "452 no room"},
    ],
    ids=["greeting", "sender", "recipient", "hangs up before", "does not want the text", "does not take the text"],
)
async def test_what_a_server_did_not_take_is_sent_later(figures, store, mail, answers):
    async with SmtpServer(answers) as server:
        sending = mail._replace(smtp=server.smtp())
        assert not await due(figures, store, sending)
        assert f"{STEM}.sent" not in files(mail)
        server.answers = {}
        assert await due(figures, store, sending)
        assert not await due(figures, store, sending)
    assert server.said().count("QUIT") >= 1


async def test_without_a_server_it_is_sent_later(figures, store, mail):
    async with SmtpServer() as server:
        away = mail._replace(smtp=server.smtp())
    assert not await due(figures, store, away)
    async with SmtpServer() as server:
        assert await due(figures, store, mail._replace(smtp=server.smtp()))


async def test_what_a_server_may_have_taken_is_not_sent_again(figures, store, mail):
    async with SmtpServer({"TEXT": ""}) as server:
        sending = mail._replace(smtp=server.smtp())
        assert not await due(figures, store, sending)
        assert files(mail)[f"{STEM}.sent"] == b"sending\n"
        server.answers = {}
        assert not await due(figures, store, sending)
    assert len(server.bodies) == 1


async def test_a_letter_whose_sender_was_killed_is_not_sent_again(figures, store, mail):
    mail.outbox.mkdir()
    (mail.outbox / f"{STEM}.sent").write_bytes(b"sending\n")
    async with SmtpServer() as server:
        assert not await due(figures, store, mail._replace(smtp=server.smtp()))
    assert server.heard == []


async def test_two_at_once_send_one(figures, store, mail):
    async with SmtpServer() as server:
        sending = mail._replace(smtp=server.smtp())
        sent = await asyncio.gather(*(due(figures, store, sending) for _ in range(4)))
    assert sorted(sent) == [False, False, False, True]
    assert len(server.bodies) == 1


class Letters(App):
    """The figures' app that writes letters."""

    def __init__(self, store, folder, mail):
        super().__init__(store, folder)
        self.mine, _ = make(self.tokens, CLINIC.id, days=1, now=dt.datetime.now(dt.UTC))
        self.parts = self.parts._replace(now=lambda: MONDAY)
        mailing = Mailing(store=store, clinic={CLINIC.id: CLINIC, "other": CLINIC}.get, mail=mail)
        self._app = create_app(self.parts, mailing=mailing)

    async def asks(self, token=OPERATOR, clinic=CLINIC.id, **body):
        async with self.client(token) as client:
            reply = await client.post(f"/api/clinics/{clinic}/mail", json=body)
            return reply.status_code, reply.json()


async def test_the_letter_can_be_read_at_once(store, mail, tmp_path):
    app = Letters(store, tmp_path, None)
    status, letter = await app.asks()
    assert (status, letter["week"], letter["sent"]) == (200, f"{YEAR}-W{NUMBER:02}", False)
    check(letter, {"$ref": "#/components/schemas/MailAnswer"})
    assert '<html lang="fr">' in letter["html"]
    assert "http://127.0.0.1:8001/clinics/clinique-lumiere?from=" in letter["text"]
    app.clock[0] += 2
    status, letter = await app.asks(app.mine, language="de")
    assert (status, letter["subject"].startswith("Clinique Lumière: ")) == (200, True), "by the clinic itself"
    assert files(mail) == {}


async def test_the_operator_sends_it_at_once_and_once(store, mail, tmp_path):
    async with SmtpServer() as server:
        app = Letters(store, tmp_path, mail._replace(smtp=server.smtp()))
        assert [(await app.asks(send=True))[1]["sent"] for _ in range(2)] == [True, False]
        assert len(server.bodies) == 1
        app.clock[0] += 2
        assert (await app.asks(app.mine, send=True))[0] == 404, "a clinic sends no mail"
    assert len(server.heard) == 1


@pytest.mark.parametrize(
    "body,clinic,expected",
    [
        ({"source": "cli"}, CLINIC.id, (400, "invalid_request")),
        ({"source": "anna"}, CLINIC.id, (400, "invalid_request")),
        ({"language": "other"}, CLINIC.id, (400, "invalid_request")),
        ({"send": True}, CLINIC.id, (400, "invalid_request")),
        ({"source": "seed"}, CLINIC.id, (404, "not_found")),
        ({}, "nobody", (404, "unknown_clinic")),
    ],
    ids=["a source without visitors", "no source", "no language of ours", "no outbox", "no figures", "no clinic"],
)
async def test_what_cannot_be_told_is_refused(store, tmp_path, body, clinic, expected):
    status, problem = await Letters(store, tmp_path, None).asks(clinic=clinic, **body)
    assert (status, problem["code"]) == expected
    assert "anna" not in str(problem)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[ssl.SSLContext, str]:
    """A server's certificate for localhost, and the file of who vouches for it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption_algorithm=plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context, str(public)


@pytest.mark.parametrize("tls", [Tls.WRAPPED, Tls.STARTTLS])
async def test_a_login_travels_encrypted(figures, store, mail, certificate, tls):
    context, trusted = certificate
    async with SmtpServer(context=context, wrapped=tls is Tls.WRAPPED) as server:
        smtp = server.smtp(tls, user="us", password="p: ss", authorities=trusted)
        assert await due(figures, store, mail._replace(smtp=smtp))
    said = server.said()
    assert said.index("AUTH") < said.index("MAIL")
    assert tls is Tls.WRAPPED or said.index("STARTTLS") < said.index("AUTH")
    assert len(server.bodies) == 1


@pytest.mark.parametrize("tls", [Tls.WRAPPED, Tls.STARTTLS])
async def test_a_server_that_nobody_vouches_for_gets_nothing(figures, store, mail, certificate, tls):
    context, _ = certificate
    async with SmtpServer(context=context, wrapped=tls is Tls.WRAPPED) as server:
        assert not await due(figures, store, mail._replace(smtp=server.smtp(tls, user="us", password="them")))
    assert not {"AUTH", "MAIL", "DATA"} & set(server.said())
    assert f"{STEM}.sent" not in files(mail)


async def test_a_server_without_encryption_gets_nothing(figures, store, mail):
    async with SmtpServer() as server:
        assert not await due(figures, store, mail._replace(smtp=server.smtp(Tls.STARTTLS, user="us", password="them")))
    assert not {"AUTH", "MAIL", "DATA"} & set(server.said())


async def test_a_wrong_password_is_logged_and_not_quoted(figures, store, mail):
    with capture_logs() as said:
        async with SmtpServer({"AUTH": "535 no, them is wrong"}) as server:
            assert not await due(figures, store, mail._replace(smtp=server.smtp(user="us", password="them")))
    assert said == [{"event": "mail_not_taken", "log_level": "warning", "clinic": CLINIC.id, "stage": "login"}]


async def test_a_folder_that_cannot_be_written_sends_nothing(figures, store, mail):
    mail.outbox.write_text("no folder")
    async with SmtpServer() as server:
        with pytest.raises(OSError, match="outbox"):
            await due(figures, store, mail._replace(smtp=server.smtp()))
    assert server.heard == []


async def test_it_runs_until_told_to_stop_and_faults_do_not_end_it(figures, store, mail, monkeypatch):
    """A database that is away, then a clinic whose letter cannot be made; the others are told all the same."""
    monkeypatch.setattr(outbox, "LOOK_EVERY_S", 0.01)
    broken = msgspec.structs.replace(CLINIC, time_zone="Nowhere/Land")
    stop, looks = asyncio.Event(), []
    query = store.query

    async def away_at_first(*asked):
        if len(looks) == 1:
            raise StoreFault(210)
        return await query(*asked)

    def clinics():
        looks.append(None)
        if files(mail).get(f"{STEM}.sent") == b"sent\n":
            stop.set()
        return [broken, CLINIC]

    monkeypatch.setattr(store, "query", away_at_first)
    with capture_logs() as said:
        async with asyncio.timeout(30):
            await run(figures, store, mail, clinics=clinics, stop=stop, now=lambda: MONDAY)
    assert {"mail_postponed", "mail_failed", "mail_sent"} == {line["event"] for line in said}


async def test_at_its_start_it_says_which_letters_are_uncertain(figures, store, mail):
    mail.outbox.mkdir()
    (mail.outbox / f"{STEM}.sent").write_bytes(b"sending\n")
    stop = asyncio.Event()
    stop.set()
    with capture_logs() as said:
        await run(figures, store, mail, clinics=list, stop=stop, now=lambda: MONDAY)
    assert [(line["event"], line["clinic"]) for line in said] == [("mail_uncertain", STEM)]


async def test_a_letter_under_way_is_finished_before_it_ends(figures, store, mail):
    """The loop stays free meanwhile: the server that is slow lives in it."""
    stop, began = asyncio.Event(), threading.Event()

    class Slow(SmtpServer):
        async def _talk(self, reader, writer, asked):
            began.set()
            stop.set()
            await super()._talk(reader, writer, asked)

    async with Slow() as server:
        sending = mail._replace(smtp=server.smtp())
        await run(figures, store, sending, clinics=lambda: [CLINIC], stop=stop, now=lambda: MONDAY)
    assert began.is_set()
    assert files(mail)[f"{STEM}.sent"] == b"sent\n"
