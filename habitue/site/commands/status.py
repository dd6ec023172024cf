"""`habitue status`: what runs, where, and whether it is healthy."""

import dataclasses
import json


def command() -> None:
    """Say what runs; exit code 0 only when all of it is healthy."""
    from habitue.site import environment, tree
    from habitue.site.complaint import Complaint, Exit

    env = environment.read()
    owner = tree.lock(env).owner()
    if owner is None:
        raise Complaint(f"Habitué is not running (data: {env.home}).", Exit.NOT_RUNNING)
    pid, note = owner
    if note:  # the address it was started with, whatever ours would be
        where = json.loads(note)
        env = dataclasses.replace(env, host=where["host"], port=where["port"], public_url="")
    print(f"Habitué runs at {env.address} (process {pid}, data: {env.home}).")
    answer = tree.health(env)
    if answer is None:
        raise Complaint("The web process does not answer.", Exit.NOT_HEALTHY)
    for name, state in answer.items():
        if name != "status":
            print(f"  {name}: {state}")
    if answer["status"] != "ok":
        raise Complaint("Not everything is well.", Exit.NOT_HEALTHY)
