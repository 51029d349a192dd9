#!/usr/bin/env python3
"""A loopback GLPI for tests: REST v1 (`apirest.php`), as recorded on GLPI 10.0.19 and 11.0.8, and for 11 the
high-level API (`api.php`, in `fake_glpi_v2.py`).

    fake_glpi.py --dir FOLDER --generation 10|11 [--port 0] [--fail MODE]... [--tls CERT_AND_KEY.pem] [--fleet N]

FOLDER holds one JSON array of raw rows an itemtype (`Computer.json`; a backslash of a class is a point) and the trash
beside it (`Computer.deleted.json`); `told.json` holds the components of every computer and names that fields refer
to; FOLDER-hlapi what the high-level API lists. The port is printed on the first line of the standard output.
Application token: `app`; user token: `user`; login and password: `ecoparc` and `secret`; OAuth client: `client` and
`client-secret`. With `--fleet` assets and accounts are repeated until there are N assets.

Below `/replay/K/` the K-th recorded error (`errors.json` beside FOLDER) is what the question that it belongs to gets.

Failure modes (`--fail`, as often as needed, or at run time through `/__control`):

    500-on-page=3:Computer      the third page of that list is a 500, in the form of that generation
    hang  |  hang=Computer      every request, or every request for that list, is accepted and never answered
    expire-session-after=5      the next session is expired after five requests; `=5:all`: every session is
    html                        every request is answered 200 with a web page
    shrink=Computer:10          the last ten rows are missing, though the total counts them
    vanish=Computer:10          after the first page the last ten rows are gone, from the total too
    slow=0.2                    every answer is late by so many seconds
    cut=Computer                the answer ends in the middle
    huge=Computer               a body of 80 MiB (0.1 MiB compressed)
    redirect=https://other/     every request is redirected there
    forbid=Infocom              the account may not read that itemtype
    unknown=Infocom             there is no such itemtype
    endless=Computer            v2: every page of that list is its first, and its total is beyond them
    json={"data":[]}            v2: every GraphQL query gets this answer
    ahead=2                     the server's own time is two hours ahead of UTC
    v2-only | v2.2              only the high-level API is switched on; its newest version is 2.2
    no-root                     the account is authorised on entity 2 only, not on the root
    disabled | ip               the API is switched off; no API client matches the caller's address

`POST /__control` with `{"fail": ["hang"]}` replaces the modes (`[]`: none), with
`{"change": {"Computer": {"12": {"states_id": 4}, "13": null}}}` changes rows (null removes, an unknown id adds).
`GET /__stats` gives `{"requests": {PATH: COUNT}, "opened": N, "killed": N, "expired": N, "open": N}`.
"""

import argparse
import base64
import gzip
import json
import os
import re
import secrets
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import fake_glpi_v2
from fake_glpi_v2 import Refused

MAX_ROWS = 1000
LIST_LIMIT = 15  # list_limit of a fresh installation
FLEET = 698  # assets in FOLDER
# The largest id of each list: accounts follow their assets when both are repeated.
STEPS = {"Computer": 302, "Monitor": 200, "NetworkEquipment": 40, "Printer": 60, "Phone": 80, "Peripheral": 30}
OWNED = {"Computer", "Monitor", "NetworkEquipment", "Printer", "Phone", "Peripheral", "Infocom"}
FORBIDDEN = "Vous n'avez pas les droits requis pour réaliser cette action."
PAGE = "<!DOCTYPE html>\n<html lang=\"fr\"><head><title>GLPI - Authentification</title></head><body></body></html>"


class Bench:
    """What the server knows: rows, sessions, failure modes, counts."""

    def __init__(self, folder, generation, modes, fleet=None):
        self.folder, self.generation, self.fleet = folder, generation, fleet
        self.tokens, self.refreshing = {}, {}
        with open(os.path.join(folder, "told.json"), encoding="utf-8") as file:
            self.told = json.load(file)
        with open(os.path.join(folder, "..", "errors.json"), encoding="utf-8") as file:
            self.errors = json.load(file)
        self.lock = threading.RLock()
        self.rows = {}
        self.sessions = {}
        self.stats = {"requests": {}, "opened": 0, "killed": 0, "expired": 0}
        self.fail(modes)

    def fail(self, modes):
        with self.lock:
            self.modes = {}
            for mode in modes:
                name, _, value = mode.partition("=")
                self.modes[name] = value
            self.pages = {}
            self.first_session_expired = False

    def mode(self, name):
        return self.modes.get(name)

    def of_list(self, name, itemtype):
        """The number (or text) of `name=ITEMTYPE:VALUE`, where it speaks of this itemtype."""
        value = self.mode(name)
        if value is None:
            return None
        told, _, rest = value.partition(":")
        return (rest or True) if told == itemtype else None

    def table(self, itemtype, deleted):
        key = itemtype + (".deleted" if deleted else "")
        with self.lock:
            if key not in self.rows:
                path = os.path.join(self.folder, key.replace("\\", ".") + ".json")
                if not re.fullmatch(r"[A-Za-z\\]+(\.deleted)?", key) or not os.path.exists(path):
                    if deleted and self.table(itemtype, False) is not None:
                        self.rows[key] = []
                        return []
                    return None
                with open(path, encoding="utf-8") as file:
                    rows = json.load(file)
                if self.fleet and itemtype in OWNED and not deleted:
                    rows = repeated(rows, self.fleet / FLEET)
                self.rows[key] = rows
            return self.rows[key]

    def change(self, changes):
        with self.lock:
            for itemtype, rows in changes.items():
                table = {row["id"]: row for row in self.table(itemtype, False)}
                for key, columns in rows.items():
                    if columns is None:
                        table.pop(int(key), None)
                    else:
                        table[int(key)] = {**table.get(int(key), {"id": int(key)}), **columns}
                self.rows[itemtype] = [table[key] for key in sorted(table)]

    def open_session(self):
        with self.lock:
            if self.generation == 10:
                token = secrets.token_hex(13)
            else:
                token = base64.b64encode(secrets.token_bytes(110)).decode()
            self.sessions[token] = {"asked": 0, "entities": None}
            self.stats["opened"] += 1
            return token

    def session(self, token):
        """The session of a token, as long as it lives."""
        if not token:
            raise Refused(400, "ERROR_SESSION_TOKEN_MISSING", "le paramètre session_token est manquant ou vide")
        with self.lock:
            session = self.sessions.get(token)
            if session is None:
                # On 11 a token that cannot be decrypted is as good as none.
                if self.generation == 11 and len(token) < 100:
                    raise Refused(
                        400, "ERROR_SESSION_TOKEN_MISSING", "le paramètre session_token est manquant ou vide"
                    )
                raise Refused(401, "ERROR_SESSION_TOKEN_INVALID", "session_token semble incorrect", False)
            told = self.mode("expire-session-after")
            if told:
                after, _, every = told.partition(":")
                if session["asked"] >= int(after) and (every == "all" or not self.first_session_expired):
                    self.first_session_expired = True
                    del self.sessions[token]
                    self.stats["expired"] += 1
                    raise Refused(401, "ERROR_SESSION_TOKEN_INVALID", "session_token semble incorrect", False)
            session["asked"] += 1
            return session

    def all_entities(self):
        return [row["id"] for row in self.table("Entity", False)]


def repeated(rows, times):
    """The rows so many times over, with ids and serial numbers of their own."""
    step, many = max(row["id"] for row in rows), []
    for turn in range(int(times) + 1):
        for row in rows[: round(len(rows) * min(1.0, times - turn))]:
            row = {**row, "id": row["id"] + turn * step}
            if "items_id" in row:
                row["items_id"] += turn * STEPS.get(row["itemtype"], step)
            if row.get("serial"):
                row["serial"] = f"{row['serial']}{turn}"
            many.append(row)
    return many


def like(pattern):
    """SQL LIKE as GLPI builds it: `^` and `$` anchor."""
    start, end = pattern.startswith("^"), pattern.endswith("$")
    body = re.escape(pattern[int(start) : len(pattern) - int(end)]).replace("%", ".*")
    return re.compile(("^" if start else "") + body + ("$" if end else ""), re.IGNORECASE | re.DOTALL)


def listed(bench, session, itemtype, query):
    """Rows, Content-Range and status of one page of a list."""
    parameters = dict(query)
    deleted = parameters.get("is_deleted") in ("true", "1")
    rows = bench.table(itemtype, deleted)
    if rows is None or bench.of_list("unknown", itemtype):
        raise Refused(
            400,
            "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM",
            "la ressource n'a pas été trouvée ou n'est pas une instance de CommonDBTM",
        )
    if bench.of_list("forbid", itemtype):
        raise Refused(403, "ERROR_RIGHT_MISSING", FORBIDDEN, False)
    columns = set(rows[0]) if rows else {"id", "is_template"}
    # A restricted account sees the rows of its entities; dictionaries are shared downward.
    if itemtype in OWNED:
        rows = [row for row in rows if row["entities_id"] in session["entities"]]
    elif itemtype == "Entity":
        rows = [row for row in rows if row["id"] in session["entities"]]
    for name, pattern in query:
        field = re.fullmatch(r"searchText\[(\w+)\]", name)
        if not field:
            continue
        if field[1] not in columns:
            raise Refused(
                400, "ERROR_FIELD_NOT_FOUND", f"Le champ {field[1]} n'est pas valide pour l'élément {itemtype}."
            )
        expression = like(pattern)
        rows = [row for row in rows if expression.search("" if row[field[1]] is None else str(row[field[1]]))]
    sort, descending = parameters.get("sort", "id"), parameters.get("order", "ASC").upper() == "DESC"
    if sort not in columns:
        raise Refused(400, "ERROR", f"sort param is not a field of glpi_{itemtype.lower()}s")
    rows = sorted(rows, key=lambda row: (row[sort] is not None, row[sort]), reverse=descending)

    with bench.lock:
        page = bench.pages[itemtype] = bench.pages.get(itemtype, 0) + 1
    gone = bench.of_list("vanish", itemtype)
    if gone and page > 1:
        rows = rows[: -int(gone)]
    total = len(rows)
    told = parameters.get("range")
    if told is None:
        start, end = 0, LIST_LIMIT - 1
    else:
        bounds = re.fullmatch(r"(\d+)-(\d+)", told)
        if not bounds:
            raise Refused(400, "ERROR", "range must be in format : [start-end] with integers")
        start, end = int(bounds[1]), int(bounds[2])
    size = min(end - start + 1, MAX_ROWS)
    if start > total:
        raise Refused(400, "ERROR_RANGE_EXCEED_TOTAL", f"Provided range exceed total count of data: {total}")
    if total == 0:
        return 200, None, []
    lost = bench.of_list("shrink", itemtype)
    if lost:
        rows = rows[: -int(lost)]
    taken = rows[start : start + size]
    last = start + len(taken) - 1
    if told is None and bench.generation == 10 and len(taken) < total:
        last += 1  # off by one, as 10.0.19 is without a range
    content_range = f"{start}-{last}/{total}"
    page, _, failing = (bench.mode("500-on-page") or "").partition(":")
    if failing == itemtype and start // size + 1 == int(page):
        return 500, content_range, None
    if parameters.get("only_id") == "true":
        taken = [{"id": row["id"]} for row in taken]
    if parameters.get("expand_dropdowns") == "true":
        taken = [expanded(bench, row) for row in taken]
    if parameters.get("get_hateoas", "true") != "false":
        taken = [{**row, "links": []} for row in taken]
    return (200 if len(taken) == total else 206), content_range, taken


def expanded(bench, row):
    """Names instead of ids, as far as they were recorded: the item itself is one of them."""
    names = {**bench.told, "items_id": {str(row.get("items_id")): f"item {row.get('items_id')}"}}
    return {key: names.get(key, {}).get(str(value), value) if value else value for key, value in row.items()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx/1.22.1"
    sys_version = ""
    # Head and body leave together, at once: apart, each answer would wait for a delayed acknowledgement.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    bench = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def tell(self, status, body, headers=()):
        if body is None:
            body = b""
        elif not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        self.send_response(status)
        headers = dict(headers)
        headers.setdefault("Content-Type", "application/json; charset=UTF-8")
        if "gzip" in self.headers.get("Accept-Encoding", "") and len(body) > 1000:
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        for name, value in headers.items():
            self.send_header(name, value)
        length = len(body)
        if headers.get("X-Cut"):
            body = body[: length // 2]
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        if headers.get("X-Cut"):
            self.close_connection = True

    def answer(self):
        bench = self.bench
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        if url.path == "/__stats":
            with bench.lock:
                return self.tell(200, {**bench.stats, "open": len(bench.sessions)})
        if url.path == "/__control":
            told = json.loads(body or b"{}")
            if "fail" in told:
                bench.fail([told["fail"]] if isinstance(told["fail"], str) else told["fail"])
            bench.change(told.get("change", {}))
            return self.tell(200, True)
        path, replayed = url.path, None
        replay = re.match(r"/replay/(\d+)(/.*)", path)
        if replay:
            replayed, path = bench.errors[int(replay[1])], replay[2]
        prefixes = ["/apirest.php/"] + (["/api.php/v1/", "/api.php/"] if bench.generation == 11 else [])
        prefix = next((prefix for prefix in prefixes if path.startswith(prefix)), None)
        if prefix is None:
            return self.tell(404, PAGE.encode(), {"Content-Type": "text/html; charset=UTF-8"})
        what = unquote(path[len(prefix) :]).strip("/")
        if replayed and question(replayed) == what.rsplit("/", 1)[-1]:
            return self.tell(replayed["status"], replayed["body"].encode(), {"Content-Type": replayed["content_type"]})
        with bench.lock:
            bench.stats["requests"][what] = bench.stats["requests"].get(what, 0) + 1
        if bench.mode("slow"):
            time.sleep(float(bench.mode("slow")))
        while bench.mode("hang") in ("", what):
            # The caller may leave; the mode may change.
            time.sleep(0.05)
            try:
                if self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"":
                    self.close_connection = True
                    return None
            except (BlockingIOError, ssl.SSLError, ValueError):
                pass
            except OSError:
                self.close_connection = True
                return None
        if bench.mode("html") is not None:
            return self.tell(200, PAGE.encode(), {"Content-Type": "text/html; charset=UTF-8"})
        if bench.mode("redirect"):
            return self.tell(302, b"", {"Location": bench.mode("redirect") + url.path})
        query = parse_qsl(url.query, keep_blank_values=True)
        try:
            if prefix == "/api.php/":
                status, headers, told = fake_glpi_v2.told(bench, self, what, dict(query), body)
            else:
                status, headers, told = self.told(what, query, body)
        except fake_glpi_v2.Problem as problem:
            return self.tell(problem.status, problem.body)
        except Refused as refused:
            text = refused.text
            if refused.documented:
                host = self.headers.get("Host")
                text += (
                    f"; Afficher la documentation dans votre navigateur à http://{host}{prefix}#{refused.code}"
                )
            status, headers, told = refused.status, {}, [refused.code, text]
        return self.tell(status, told, headers)

    def told(self, what, query, body):
        bench = self.bench
        if bench.mode("disabled") is not None or bench.mode("v2-only") is not None:
            raise Refused(400, "ERROR", "API désactivée", False)
        if bench.mode("ip") is not None:
            text = "Il n'y a aucun client de l'API dans la configuration qui vérifie votre adresse IP (127.0.0.1)"
            raise Refused(400, "ERROR_NOT_ALLOWED_IP", text, False)
        app = self.headers.get("App-Token")
        if app is None:
            raise Refused(400, "ERROR_APP_TOKEN_PARAMETERS_MISSING", "le paramètre app_token est manquant")
        if app != "app":
            raise Refused(400, "ERROR_WRONG_APP_TOKEN_PARAMETER", "le paramètre app_token semble incorrect")
        if self.command == "GET" and body:
            text = "GET Request should not have json payload (http body)"
            raise Refused(400, "ERROR_JSON_PAYLOAD_FORBIDDEN", text)
        if what == "initSession":
            told = {"session_token": self.opened()}
            if dict(query).get("get_full_session") == "true":
                told["session"] = {"glpi_currenttime": self.local_time(), "glpiname": "ecoparc"}
            return 200, {}, told
        token = self.headers.get("Session-Token")
        if what == "killSession":
            bench.session(token)
            with bench.lock:
                bench.sessions.pop(token, None)
                bench.stats["killed"] += 1
            return 200, {}, True
        session = bench.session(token)
        if session["entities"] is None:
            session["entities"] = [2] if bench.mode("no-root") is not None else bench.all_entities()
        if what == "getGlpiConfig":
            version = "10.0.19" if bench.generation == 10 else "11.0.8"
            types = sorted(STEPS) + (["Glpi\\CustomAsset\\TabletteAsset"] if bench.generation == 11 else [])
            return 200, {}, {"cfg_glpi": {"version": version, "asset_types": types}}
        if what == "changeActiveEntities":
            told = json.loads(body or b"{}").get("entities_id", "all")
            if bench.mode("no-root") is not None:
                return 200, {}, told in ("all", 2)
            known = bench.all_entities()
            if told not in ("all", *known):
                return 200, {}, False
            session["entities"] = known if told in ("all", 0) else [told]
            return 200, {}, True
        if what == "getActiveEntities":
            entities = session["entities"]
            recursive = {10: 1, 11: True}[bench.generation] if len(entities) > 1 else 0
            active = [{"id": entity} for entity in entities]
            return 200, {}, {
                "active_entity": {
                    "id": entities[0],
                    "active_entity_recursive": recursive,
                    "active_entities": active,
                }
            }
        if what == "getMyEntities":
            rows = [row for row in bench.table("Entity", False) if row["id"] in session["entities"]]
            names = [row["completename"].replace(" > ", " &#62; ") for row in rows]
            if bench.generation == 11:
                names = [row["completename"] for row in rows]
            return 200, {}, {"myentities": [{"id": row["id"], "name": name} for row, name in zip(rows, names)]}
        if self.command != "GET":
            raise Refused(403, "ERROR_RIGHT_MISSING", FORBIDDEN, False)
        if what == "getMultipleItems":
            ids = [int(value) for name, value in query if name.endswith("[items_id]")]
            rows = {row["id"]: row for row in bench.table("Computer", False)}
            if any(number not in rows for number in ids):
                raise Refused(404, "ERROR_ITEM_NOT_FOUND", "Élément introuvable", False)
            return 200, {}, [{**rows[number], "_devices": bench.told["_devices"]} for number in ids]
        itemtype = what
        if bench.generation == 10:
            # Case does not matter there.
            names = {name.split(".")[0].lower(): name.split(".")[0] for name in os.listdir(bench.folder)}
            itemtype = names.get(what.lower(), what)
        if bench.of_list("huge", itemtype):
            return 200, {"Content-Range": "0-0/1"}, b"[" + b" " * (80 << 20) + b"]"
        status, content_range, rows = listed(bench, session, itemtype, query)
        headers = {}
        if content_range:
            headers = {"Accept-Range": f"{itemtype} {MAX_ROWS}", "Content-Range": content_range}
        if status == 500 and bench.generation == 11:
            text = {"error": True, "title": "Erreur", "message": "Une erreur est survenue", "trace": None}
            return 500, {"Content-Type": "application/json"}, text
        if bench.of_list("cut", itemtype):
            headers["X-Cut"] = "1"
        return status, headers, rows

    def local_time(self):
        """The server's own time: UTC, or as far from it as `ahead=HOURS` says."""
        return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 3600 * float(self.bench.mode("ahead") or 0)))

    def opened(self):
        told = self.headers.get("Authorization") or ""
        scheme, _, value = told.partition(" ")
        if scheme == "user_token":
            if value != "user":
                text = "le paramètre user_token semble incorrect"
                raise Refused(401, "ERROR_GLPI_LOGIN_USER_TOKEN", text, False)
        elif scheme == "Basic":
            if base64.b64decode(value) != b"ecoparc:secret":
                raise Refused(401, "ERROR_GLPI_LOGIN", "Identifiant ou mot de passe incorrect", False)
        else:
            text = "le(s) paramètre(s) login, password ou user_token sont manquants"
            raise Refused(400, "ERROR_LOGIN_PARAMETERS_MISSING", text)
        return self.bench.open_session()


def question(recorded):
    """The part of the question's path by which a recorded error is met again: lists of any sort are `Computer`."""
    path = recorded["request"].split(" ")[1].split("?")[0]
    what = path.rsplit("/", 1)[-1]
    return what if what in ("initSession", "token", "GraphQL") else "Computer"


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # a caller that leaves is no error of ours


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--generation", type=int, choices=[10, 11], required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fail", action="append", default=[], metavar="MODE")
    parser.add_argument("--tls", metavar="CERT_AND_KEY.pem")
    parser.add_argument("--fleet", type=int, metavar="N")
    options = parser.parse_args()
    Handler.bench = Bench(options.dir, options.generation, options.fail, options.fleet)
    server = Server(("127.0.0.1", options.port), Handler)
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
