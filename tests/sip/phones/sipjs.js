// The phone in a page by SIP.js: for tests, in the place of tests/stack/phone/phone.js, which has JsSIP.
//
// SPDX-License-Identifier: GPL-2.0-or-later
import { Inviter, Registerer, RegistererState, SessionState, UserAgent } from "sip.js";
import { heard, listen } from "./sound.js";

const element = (id) => document.getElementById(id);
const MEDIA = { sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } };

let config, device, agent;
const calls = new Map(); // a session → its line in the page

// ---- calls

function end(session) {
	if (session.state === SessionState.Established) session.bye();
	else if (session instanceof Inviter) session.cancel();
	else session.reject();
}

function show(session, state) {
	const line = calls.get(session);
	line.dataset.state = state;
	line.replaceChildren(state);
	const actions = { "Hang up": () => end(session) };
	if (state === "ringing" && !(session instanceof Inviter)) actions.Answer = () => session.accept(MEDIA);
	for (const [label, action] of Object.entries(actions)) {
		const button = line.appendChild(document.createElement("button"));
		button.textContent = label;
		button.onclick = action;
	}
}

function begin(session, state) {
	calls.set(session, element("calls").appendChild(document.createElement("li")));
	show(session, state);
	session.stateChange.addListener((now) => {
		if (now === SessionState.Established) {
			listen(session.sessionDescriptionHandler.peerConnection);
			show(session, "talking");
		} else if (now === SessionState.Terminated) {
			calls.get(session).remove();
			calls.delete(session);
		}
	});
	session.delegate = { onRefer: follow };
}

// Somebody connects this page to a third.
async function follow(referral) {
	await referral.accept();
	const session = referral.makeInviter(MEDIA);
	begin(session, "calling");
	session.invite();
}

function call(callee) {
	const session = new Inviter(agent, UserAgent.makeURI(`sip:${callee}@${device.domain}`), MEDIA);
	begin(session, "calling");
	session.invite({ requestDelegate: { onProgress: () => show(session, "ringing") } });
}

// ---- registration

async function start() {
	config = await (await fetch("config.json")).json();
	device = config.devices.find((one) => one.device === location.hash.slice(1));
	agent = new UserAgent({
		uri: UserAgent.makeURI(`sip:${device.device}@${device.domain}`),
		authorizationUsername: device.device,
		authorizationPassword: device.password,
		transportOptions: { server: config.server },
		sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
		delegate: { onInvite: (session) => begin(session, "ringing") },
	});
	await agent.start();
	const registerer = new Registerer(agent);
	registerer.stateChange.addListener((state) => {
		const registered = state === RegistererState.Registered ? "registered" : state;
		element("state").textContent = `${device.device}: ${registered}`;
	});
	registerer.register();
	element("dial").onsubmit = (event) => {
		event.preventDefault();
		call(element("callee").value);
	};
}

window.phone = { calls, call, heard }; // for tests
start();
