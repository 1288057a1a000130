# SPDX-License-Identifier: GPL-2.0-or-later
import heapq
import time

from harness.phone import answers, rejects, rings

# Step 1 refuses after 0.3 s, step 2 rings from 0.3 to 1.3 s, step 3 answers 0.2 s later.
MOMENTS = [0.0, 0.001, 0.005, 0.02, 0.1, 0.29, 0.3, 0.31, 0.8, 1.28, 1.3, 1.32, 1.4, 1.49, 1.5, 1.51]
ANSWERED = 1.5  # seconds
APART = 0.1  # seconds from call to call


def sequences_of_three(t, count):
    """Separate users, whose devices share three phones."""
    behaviours = [rejects(480, after=0.3), rings(), answers(after=0.2)]
    phones, users = [], []
    for number in range(count):
        user = t.user(f"20{number:02}", ring_strategy="sequential", ring_timeout_sec=1)
        devices = [user.device(f"step{n}", ring_order=n) for n in range(3)]
        if not phones:
            phones = [device.phone(behaviour) for device, behaviour in zip(devices, behaviours)]
        else:
            t.settle()
            for device, phone in zip(devices, phones):
                device.register(phone.address, source=(phone.address, 5099))
        users.append(user)
    return users


def place_and_cancel(t, users):
    """All calls in one second, each cancelled at its moment."""
    caller, begin = t.caller(), time.monotonic() + 0.2
    todo = [(begin + APART * n, n, "call") for n in range(len(users))]
    heapq.heapify(todo)
    calls = {}
    while todo:
        due, n, what = heapq.heappop(todo)
        t.pause(max(0, due - time.monotonic()))
        if what == "call":
            calls[n] = caller.calls(users[n].username, talk=0.2).proceeding(100)
            since = time.time() - calls[n].started
            heapq.heappush(todo, (time.monotonic() - since + MOMENTS[n], n, "cancel"))
        else:
            calls[n].cancel()
    return [calls[n] for n in range(len(users))]


def cancelled_after(call):
    """Seconds from INVITE to CANCEL. It was told to send one at its moment, but may have got that late: meanwhile a
    busy machine starts the SIPp of another call."""
    times = [event.time for event in call.events if event.sent and event.message.method == "CANCEL"]
    return times[0] - call.started if times else ANSWERED


def run(t):
    users = sequences_of_three(t, len(MOMENTS))
    in_time = 0
    for call in place_and_cancel(t, users):
        status, moment = call.final.status, cancelled_after(call)
        # 480: the phone's own refusal may cross the CANCEL. 200: an answer may, at the end.
        t.check(status in (487, 480) or (status == 200 and moment > 1.2), f"CANCEL after {moment:.2f} s: saw {status}")
        in_time += moment < ANSWERED
        call.over()
    t.check(in_time >= len(MOMENTS) // 2, f"only {in_time} of {len(MOMENTS)} calls were cancelled before an answer")
    t.nothing_rings(2.0)
