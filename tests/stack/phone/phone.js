// A phone in a page, to try the server with: registers as one of the sample devices, calls, is called, transfers.
// config.json, beside the page: { "server": "ws://…", "devices": [{ "user", "name", "device", "domain", "password" }] }
//
// SPDX-License-Identifier: GPL-2.0-or-later
import JsSIP from "jssip";
import { heard, listen } from "./sound.js";

const element = (id) => document.getElementById(id);
const MEDIA = { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } };

let config, agent;
const calls = new Map(); // a JsSIP session → its line in the page

// ---- what is heard

setInterval(() => {
	const sound = heard();
	element("level").value = sound && sound.db > -90 ? (sound.db + 90) / 80 : 0;
}, 100);

// ---- calls

function button(label, action) {
	const made = document.createElement("button");
	made.textContent = label;
	made.onclick = action;
	return made;
}

// Draws the line of a call anew: who, and what can be done now.
function show(session, state) {
	const line = calls.get(session);
	if (!line) return;
	line.dataset.state = state;
	line.replaceChildren(`${session.remote_identity.display_name || session.remote_identity.uri.user}: ${state}`);
	if (session.direction === "incoming" && state === "ringing") line.append(button("Answer", () => session.answer(MEDIA)));
	line.append(button("Hang up", () => session.terminate()));
	const others = [...calls.keys()].filter((other) => other !== session && other.isEstablished());
	if (session.isEstablished() && others.length) line.append(button("Connect both, and leave", () => transfer(session, others[0])));
}

// The two others talk to each other (RFC 5589); target: where the first one finds the second, who ends the call that is
// replaced (RFC 3891 §3).
function transfer(session, to, target = to.remote_identity.uri) {
	const progress = session.refer(target, { replaces: to });
	progress.on("accepted", () => session.isEnded() || session.terminate());
}

function begin(session) {
	calls.set(session, element("calls").appendChild(document.createElement("li")));
	show(session, session.direction === "incoming" ? "ringing" : "calling");
	session.on("progress", () => session.direction === "outgoing" && show(session, "ringing"));
	session.on("confirmed", () => {
		listen(session.connection);
		for (const call of calls.keys()) show(call, "talking");
	});
	const end = (event) => {
		calls.get(session)?.remove();
		calls.delete(session);
		element("state").textContent = `${config.device}: ${event.cause === "Terminated" ? "registered" : event.cause}`;
	};
	session.on("refer", (request) => request.accept(null, MEDIA)); // somebody connects this page to a third
	session.on("replaces", (request) => request.accept((replacement) => replacement.answer(MEDIA)));
	session.on("ended", end);
	session.on("failed", end);
}

function call(callee) {
	return agent.call(callee, MEDIA);
}

// ---- registration

// Registers as one of the devices of config.json.
function register(device) {
	agent?.stop();
	config.device = device.device;
	agent = new JsSIP.UA({
		sockets: [new JsSIP.WebSocketInterface(config.server)],
		uri: `sip:${device.device}@${device.domain}`,
		password: device.password,
		session_timers: false,
	});
	const state = (text) => () => (element("state").textContent = `${device.device}: ${text}`);
	agent.on("connecting", state(`connecting to ${config.server}`));
	agent.on("disconnected", state(`no connection to ${config.server}` + (config.server.startsWith("wss:")
		? ": open https" + config.server.slice(3) + " once, to accept its certificate" : "")));
	agent.on("registered", state("registered"));
	agent.on("registrationFailed", (event) => state(`not registered: ${event.cause}`)());
	agent.on("newRTCSession", ({ session }) => begin(session));
	agent.start();
}

async function start() {
	config = await (await fetch("config.json")).json();
	for (const device of config.devices) {
		element("device").add(new Option(`${device.device}, phone of ${device.name} (${device.user})`, device.device));
		element("users").append(new Option(device.name, device.user));
	}
	element("device").onchange = (event) => {
		location.hash = event.target.value; // a reload registers again
		register(config.devices.find((device) => device.device === event.target.value));
	};
	element("dial").onsubmit = (event) => {
		event.preventDefault();
		if (agent) call(element("callee").value);
	};
	const chosen = config.devices.find((device) => device.device === location.hash.slice(1));
	if (chosen) {
		element("device").value = chosen.device;
		register(chosen);
	}
}

window.phone = { calls, call, heard, transfer }; // for tests
start();
