// What the phone in a page plays, and how loud.
//
// SPDX-License-Identifier: GPL-2.0-or-later
let listener;

// Plays what comes by an RTCPeerConnection, and measures it.
export function listen(connection) {
	const stream = new MediaStream(connection.getReceivers().map((receiver) => receiver.track));
	document.getElementById("sound").srcObject = stream;
	const context = new AudioContext();
	const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
	context.createMediaStreamSource(stream).connect(analyser);
	listener = { context, analyser };
}

// The loudest frequency, in Hz, and its level in dB; null: nothing is played.
export function heard() {
	if (!listener) return null;
	const bins = new Float32Array(listener.analyser.frequencyBinCount);
	listener.analyser.getFloatFrequencyData(bins);
	const loudest = bins.reduce((best, level, n) => (level > bins[best] ? n : best), 0);
	return { hz: Math.round((loudest * listener.context.sampleRate) / listener.analyser.fftSize), db: bins[loudest] };
}
