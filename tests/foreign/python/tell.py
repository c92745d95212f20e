"""How a program tells the test what its client did: a JSON line an event, and one line when it is over."""

import json
import sys

url, mode = sys.argv[1:3]
ENDS = ("job:completed", "job:failed")


def tell(name, id, data):
    print(json.dumps({"name": name, "id": id, "data": data}), flush=True)


def over(why):
    print(json.dumps({"over": str(why)}), flush=True)
    sys.exit(0)
