# SPDX-License-Identifier: GPL-2.0-or-later
"""Routes in Python. A call with X-Steps: all is rung by tm, step by step, others by user_fork()."""

import KSR


def mod_init():
    return Routes()


def proven():
    """Is it a device of its From's domain? If not, it is challenged."""
    realm = KSR.pv.get("$fd")
    if KSR.user_routing.user_auth_check(realm) > 0:
        return True
    KSR.auth.auth_challenge(realm, 0)
    return False


def answer():
    KSR.sl.send_reply(KSR.pv.get("$ur(status)"), KSR.pv.get("$ur(reason)"))


def decide():
    rc = KSR.user_routing.user_forward_policy()
    KSR.info(f"{KSR.pv.get('$rU')}: policy {rc}, outcome {KSR.pv.get('$ur(outcome)')} {KSR.pv.get('$ur(verdict)')}\n")
    if rc == 1:
        ring()
    elif rc == 2:
        KSR.info(f"{KSR.pv.get('$ur(user)')} leaves for {KSR.pv.get('$ur(target_kind)')} {KSR.pv.get('$ur(target_id)')}\n")
        KSR.tm.t_relay()
    else:
        answer()


def ring():
    if KSR.hdr.is_present("X-Steps") > 0:
        if KSR.user_routing.user_fork_all() > 0 and KSR.tm.t_load_contacts() > 0:
            KSR.tm.t_next_contacts()
            relay("ksr_failure_next")
            return
    else:
        rc = KSR.user_routing.user_fork()
        KSR.info(f"{KSR.pv.get('$rU')}: fork {rc}\n")
        if rc == 0:  # a retransmission
            return
        if rc > 0 and relay("ksr_failure_user") > 0:
            return
    decide()


def relay(on_failure):
    KSR.tm.t_on_failure(on_failure)
    KSR.tm.t_on_reply("ksr_onreply_leg")
    return KSR.tm.t_relay()


class Routes:
    def child_init(self, _rank):
        return 0

    def ksr_request_route(self, _msg):
        if KSR.is_CANCEL() or KSR.is_ACK() or KSR.siputils.has_totag() > 0:
            if KSR.rr.loose_route() > 0 or KSR.tm.t_check_trans() > 0:
                KSR.tm.t_relay()
        elif proven():
            if KSR.is_REGISTER():
                KSR.registrar.save("location", 0)
            else:
                KSR.rr.record_route()
                decide()
        return 1

    def ksr_failure_user(self, _msg):
        decide()
        return 1

    def ksr_failure_next(self, _msg):
        if KSR.tm.t_check_status("60[03]") < 0 and KSR.tm.t_next_contacts() > 0:
            relay("ksr_failure_next")
        else:
            decide()
        return 1

    def ksr_onreply_leg(self, _msg):
        """None of the functions works here, and none does harm."""
        module = KSR.user_routing
        results = [module.user_forward_policy(), module.user_fork(), module.user_fork_all(), module.user_auth_check("x"),
                   module.user_is_registered_here(), module.user_log_ban()]
        KSR.info(f"in a reply route: {results}\n")
        return 1
