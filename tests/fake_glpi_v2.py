"""The high-level API of GLPI 11 (`api.php`), as recorded on GLPI 11.0.8: part of `fake_glpi.py`."""

import json
import os
import re
import secrets


class Refused(Exception):
    """An error as REST v1 tells it: status, code, text."""

    def __init__(self, status, code, text, documented=True):
        super().__init__(code)
        self.status, self.code, self.text, self.documented = status, code, text, documented


class Problem(Exception):
    """An error as the high-level API tells it."""

    def __init__(self, http, **body):
        super().__init__(body)
        self.status, self.body = http, body


def invalid_token(detail):
    return Problem(400, status="ERROR_INVALID_PARAMETER", title="Invalid OAuth token", detail=detail)


def forbidden(detail=None):
    title = "You don't have permission to perform this action."
    return Problem(403, status="ERROR_RIGHT_MISSING", title=title, detail=detail)


def not_found():
    return Problem(404, status="ERROR_ITEM_NOT_FOUND", title="Not found", detail=None)


LISTS = {
    "Dropdowns/State": "State",
    "Dropdowns/Location": "Location",
    "Administration/Entity": "Entity",
    "Management/Supplier": "Supplier",
    "Assets/Custom/Tablette": "Tablette",
}


def table(bench, name):
    """The rows of a list; None where it was not recorded."""
    key = "v2:" + name
    with bench.lock:
        if key not in bench.rows:
            path = os.path.join(bench.folder + "-hlapi", name + ".json")
            if not os.path.exists(path):
                return None
            with open(path, encoding="utf-8") as file:
                bench.rows[key] = json.load(file)
            if name == "Computer":
                # What tests have changed of the other API's rows is the same here, with its offset.
                seen = {row["id"]: row["last_inventory_update"] for row in bench.table(name, False)}
                for row in bench.rows[key]:
                    told = seen.get(row["id"])
                    row["last_inventory_update"] = told and told.replace(" ", "T") + "+00:00"
        return bench.rows[key]


def told(bench, handler, what, query, body):
    """Status, headers and body of one question."""
    if what == "":
        versions = table(bench, "versions")
        if bench.mode("v2.2") is not None:
            older = [told for told in versions["api_versions"] if told["version"] != "2.3.0"]
            versions = {**versions, "api_versions": older}
        return 200, {}, versions
    if what == "token":
        return 200, {}, granted(bench, json.loads(body or b"{}"))
    version, _, what = what.partition("/")
    scopes = authorised(bench, handler)
    if "graphql" not in scopes if what == "GraphQL" else "api" not in scopes:
        raise forbidden("You do not have the required scope(s) to access this endpoint.")
    if what == "session":
        session = table(bench, "session")
        if bench.mode("no-root") is not None:
            entities = [{"id": 2, "name": "CCAS", "is_recursive": 1}]
            # Another profile of the account has the root; questions are asked under this one.
            profiles = {"8": {"name": "Read-Only", "entities": entities}, "4": session["profiles"]["8"]}
            session = {**session, "profiles": profiles, "active_entities": [2], "default_entity": 2}
        return 200, {}, session
    if what == "Assets/Custom":
        return 200, {}, table(bench, "Custom")
    if what == "GraphQL":
        return 200, {}, queried(bench, json.loads(body)["query"])
    name = LISTS.get(what) or (what.removeprefix("Assets/") if what.startswith("Assets/") else None)
    rows = table(bench, name) if name else None
    if rows is None:
        raise not_found()
    if bench.of_list("forbid", name):
        raise forbidden()
    return listed(bench, handler, version, name, rows, query)


def granted(bench, told):
    """A pair of tokens."""
    if (told.get("client_id"), told.get("client_secret")) != ("client", "client-secret"):
        raise Problem(401, error="invalid_client", error_description="Client authentication failed")
    with bench.lock:
        if told.get("grant_type") == "refresh_token":
            if told["refresh_token"] not in bench.refreshing or bench.mode("no-refresh") is not None:
                text = "The refresh token is invalid."
                raise Problem(400, error="invalid_grant", error_description=text, hint="Token has been revoked")
            scopes = {"api", "graphql"}
            # The token before it is revoked at once.
            bench.tokens.pop(bench.refreshing.pop(told["refresh_token"]), None)
            bench.stats["refreshed"] = bench.stats.get("refreshed", 0) + 1
        elif told.get("grant_type") == "password":
            if (told.get("username"), told.get("password")) != ("ecoparc", "secret"):
                text = "The user credentials were incorrect."
                raise Problem(400, error="invalid_grant", error_description=text)
            scopes = set(told.get("scope", "").split())
            bench.stats["opened"] += 1
        else:
            text = "The authorization grant type is not supported by the authorization server."
            raise Problem(400, error="unsupported_grant_type", error_description=text)
        token, refresh = secrets.token_urlsafe(40), secrets.token_urlsafe(40)
        bench.tokens[token] = {"scopes": scopes, "asked": 0}
        bench.refreshing[refresh] = token
    return {"token_type": "Bearer", "expires_in": 3600, "access_token": token, "refresh_token": refresh}


def authorised(bench, handler):
    """The scopes of the token that came along."""
    header = handler.headers.get("Authorization") or ""
    if not header.startswith("Bearer "):
        title = "Vous n'êtes pas authentifé"
        detail = "L’en-tête d’authentification est manquante ou invalide"
        raise Problem(401, title=title, detail=detail, status="ERROR_UNAUTHENTICATED")
    with bench.lock:
        token = bench.tokens.get(header.removeprefix("Bearer "))
        if token is None:
            raise invalid_token("Access token has been revoked")
        limit = bench.mode("expire-session-after")
        if limit and token["asked"] >= int(limit.partition(":")[0]):
            if limit.endswith(":all") or not bench.first_session_expired:
                bench.first_session_expired = True
                bench.stats["expired"] += 1
                del bench.tokens[header.removeprefix("Bearer ")]
                raise invalid_token("Access token could not be verified")
        token["asked"] += 1
        return token["scopes"]


def listed(bench, handler, version, name, rows, query):
    """One page of a list: trash and templates too, unless a filter leaves them out."""
    for condition in filter(None, query.get("filter", "").split(";")):
        property, operator, value = re.fullmatch(r"(\w+)(==|=\w+=)(.*)", condition).groups()
        if operator != "==":
            detail = {property: "Unknown operator"}
            raise Problem(400, status="ERROR_INVALID_PARAMETER", title="RSQL query has invalid filters", detail=detail)
        # A property that the version does not know is silently ignored.
        if property in rows[0] and (property != "is_template" or version == "v2.3"):
            rows = [row for row in rows if json.dumps(row[property]) == value]
    if version != "v2.3":
        hidden = ("is_template", "template_name")
        rows = [{key: value for key, value in row.items() if key not in hidden} for row in rows]
    if "entity" in (rows[0] if rows else {}) and handler.headers.get("GLPI-Entity") is None:
        if bench.mode("no-root") is not None and name not in LISTS.values():
            rows = [row for row in rows if row["entity"]["id"] == 2]
    start, limit = int(query.get("start", 0)), int(query.get("limit", 100))
    if bench.of_list("endless", name):
        start = 0
    taken = rows[start : start + limit]
    total = len(rows) + (10_000 if bench.of_list("endless", name) else 0)
    lost = bench.of_list("shrink", name)
    if lost:
        taken = taken[: -int(lost)]
    with bench.lock:
        page = bench.pages["v2:" + name] = bench.pages.get("v2:" + name, 0) + 1
    failing_page, _, failing = (bench.mode("500-on-page") or "").partition(":")
    if failing == name and page == int(failing_page):
        raise Problem(500, error=True, title="Erreur", message="Une erreur est survenue", trace=None)
    headers = {"Content-Range": f"{start}-{start + len(taken) - 1}/{total}"}
    return (206 if start + limit < total else 200), headers, taken


def queried(bench, query):
    """One GraphQL query of one list, paged; its total is wrong where a filter is given."""
    if bench.mode("json"):
        return json.loads(bench.mode("json"))
    parsed = re.fullmatch(r'\{ (\w+)\(limit: (\d+), start: (\d+)(?:, filter: "([^"]*)")?\) \{ (.*) \} \}', query)
    name, limit, start, condition, fields = parsed.groups()
    limit, start = int(limit), int(start)
    rows = components(bench, name, condition) if name in COMPONENTS else table(bench, name)
    if rows is None:
        return {"errors": [{"message": f'Cannot query field "{name}" on type "Query".'}]}
    if bench.of_list("forbid", name):
        raise forbidden()
    wanted = set(re.sub(r"\{[^}]*\}", "", fields).split())
    taken = [{key: value for key, value in row.items() if key in wanted} for row in rows[start : start + limit]]
    total = len(taken) if condition else len(rows)
    pagination = {name: {"start": start, "limit": limit, "total_count": total}}
    return {"data": {name: taken}, "extensions": {"pagination": pagination}}


COMPONENTS = {"ProcessorItem": "Item_DeviceProcessor", "MemoryItem": "Item_DeviceMemory"}
COMPONENTS["HardDriveItem"] = "Item_DeviceHardDrive"


def components(bench, name, condition):
    """The recorded components of every computer asked for."""
    ids = re.search(r"items_id=in=\(([\d,]+)\)", condition)[1].split(",")
    devices = bench.told["_devices"][COMPONENTS[name]].values()
    rows = [{**row, "itemtype": "Computer", "items_id": int(number)} for number in ids for row in devices]
    for row in rows:
        for told, device in (("processor", "DeviceProcessor"), ("hard_drive", "DeviceHardDrive")):
            named = bench.table(device, False)[0]
            if row.get(device.lower() + "s_id") == named["id"]:
                row[told] = {"id": named["id"], "designation": named["designation"]}
    return [{**row, "id": number} for number, row in enumerate(rows, 1)]
