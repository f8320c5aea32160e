"""What an administrator's script does with authentik's official client: sets `email_verified` for everybody who needs it.

    client.py URL turn     reads each user again before it writes them, one after the other
    client.py URL six      writes what the list had, six at a time

The token is in AUTHENTIK_TOKEN. It prints a line when it has read the list, and goes on when it gets one.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from authentik_client import ApiClient, ApiException, Configuration, CoreApi, PatchedUserRequest

PAGE_SIZE = 100


def everybody(api):
    page = 1
    while page:
        answer = api.core_users_list(page=page, page_size=PAGE_SIZE, include_groups=False)
        yield from answer.results
        page = int(answer.pagination.next)


def needs_it(user):
    return (
        user.is_active and user.email and user.type != "external" and user.attributes.get("email_verified") is not True
    )


def write(api, user):
    attributes = {**user.attributes, "email_verified": True}
    api.core_users_partial_update(user.pk, PatchedUserRequest(attributes=attributes))


def in_turn(api, users):
    for user in users:
        write(api, api.core_users_retrieve(user.pk))


def six_at_a_time(api, users):
    with ThreadPoolExecutor(6) as pool:
        for _ in pool.map(lambda user: write(api, user), users):
            pass


def main(url, way):
    configuration = Configuration(host=f"{url}/api/v3", access_token=os.environ["AUTHENTIK_TOKEN"])
    api = CoreApi(ApiClient(configuration))
    users = [user for user in everybody(api) if needs_it(user)]
    print(json.dumps({"read": len(users)}), flush=True)
    sys.stdin.readline()
    said = ""
    try:
        {"turn": in_turn, "six": six_at_a_time}[way](api, users)
    except ApiException as error:
        said = f"{type(error).__name__}, status {error.status}"
    print(json.dumps({"said": said}), flush=True)


main(*sys.argv[1:])
