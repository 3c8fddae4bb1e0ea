# Verifies DKIM signatures with dkimpy. On stdin it reads JSON: {"records": {name: text}, "messages": [base64, ...]}. On
# stdout it writes for each message a list of what became of each signature: true, false, or why it was not looked at.
import base64
import json
import sys

import dkim

given = json.load(sys.stdin)
records = {name.lower(): text.encode() for name, text in given["records"].items()}


def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    return records.get(name.lower().rstrip("."))


def verified(message):
    parsed = dkim.DKIM(message)
    count = sum(name.lower() == b"dkim-signature" for name, _ in parsed.headers)

    def one(index):
        try:
            return bool(dkim.DKIM(message).verify(idx=index, dnsfunc=txt))
        except dkim.DKIMException as problem:
            return str(problem)

    return [one(index) for index in range(count)]


def all_verified(message):
    try:
        return verified(base64.b64decode(message))
    except dkim.DKIMException as problem:
        return [str(problem)]


json.dump([all_verified(message) for message in given["messages"]], sys.stdout)
