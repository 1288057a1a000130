/*
 * What the module knows about a dialog when it gets a request in it.
 *
 * Layout: version, began (4 bytes), flags, id (8 bytes), then the fields in order. Numbers are in
 * network order. The last field, the mailbox, is there only if it is not empty; who does not know it
 * reads no dialog. A field follows its length, which is the lower five bits of a byte, or these and
 * the next byte if IS_LONG is set. Most texts begin with "sip:", and end with @ and the same domain
 * as the text before: each of the two is one bit of that byte instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/dialog.h"

#include <stddef.h>

#include "policy/output.h"

/* Increased when an older module could misread what a newer one writes. */
#define VERSION 1

enum flag
{
	CALLER_IS_PINNED = 1 << 0,
	CALLEE_IS_PINNED = 1 << 1,
	FROM_IS_CALLER = 1 << 2, /* the caller's device is `from` without sip: */
	FROM_SHOWN_IS_FROM = 1 << 3,
	TO_SHOWN_IS_TO = 1 << 4,
	IS_TO_GATEWAY = 1 << 5,
	IS_OWN_ACCOUNT = 1 << 6,
	IS_EMERGENCY = 1 << 7,
};

#define HEAD_SIZE (6 + UR_DIALOG_ID_SIZE)

enum field
{
	IS_LONG = 1 << 7,
	IS_SIP = 1 << 6,
	HAS_SAME_DOMAIN = 1 << 5,
	SHORT_MAX = (1 << 5) - 1,
	LONG_MAX = (1 << 13) - 1,
};

static const struct ur_text sip = UR_TEXT_INIT("sip:");

int ur_address_write(const struct ur_address *address, uint8_t *buf)
{
	if(address->len == 0)
		return 0;
	buf[0] = address->protocol;
	buf[1] = address->port >> 8;
	buf[2] = address->port & 0xff;
	memcpy(buf + 3, address->ip, address->len);
	return 3 + address->len;
}

bool ur_address_read(struct ur_address *address, const uint8_t *buf, int len)
{
	memset(address, 0, sizeof(*address));
	if(len == 0)
		return true;
	if(len != 3 + 4 && len != 3 + 16)
		return false;
	address->protocol = buf[0];
	address->port = buf[1] << 8 | buf[2];
	address->len = len - 3;
	memcpy(address->ip, buf + 3, len - 3);
	return true;
}

bool ur_address_is_same_host(
		const struct ur_address *a, const struct ur_address *b)
{
	return a->len == b->len && a->len > 0 && memcmp(a->ip, b->ip, a->len) == 0;
}

/* ---- writing */

/* len is -1 once something did not fit. */
struct writer
{
	uint8_t *buf;
	int len, size;
	struct ur_text domain; /* the last one written, with its @ */
};

static void put_bytes(struct writer *w, int marks, struct ur_text text)
{
	const int head = text.len > SHORT_MAX ? 2 : 1;

	if(w->len < 0 || text.len > LONG_MAX
			|| text.len + head > w->size - w->len) {
		w->len = -1;
		return;
	}
	if(head == 2)
		w->buf[w->len++] = marks | IS_LONG | text.len >> 8;
	w->buf[w->len++] = head == 2 ? text.len & 0xff : marks | text.len;
	if(text.len > 0)
		memcpy(w->buf + w->len, text.s, text.len);
	w->len += text.len;
}

/* From the last @ on; empty if there is none. */
static struct ur_text domain_of(struct ur_text text)
{
	int i;

	for(i = text.len - 1; i >= 0; i--) {
		if(text.s[i] == '@')
			return (struct ur_text){text.s + i, text.len - i};
	}
	return UR_TEXT("");
}

/* Writes a text that may be an address. */
static void put(struct writer *w, struct ur_text text)
{
	const struct ur_text domain = domain_of(text);
	int marks = 0;

	if(ur_text_begins_with(text, sip)) {
		marks |= IS_SIP;
		text.s += sip.len;
		text.len -= sip.len;
	}
	if(domain.len > 0 && ur_text_equal(domain, w->domain)) {
		marks |= HAS_SAME_DOMAIN;
		text.len -= domain.len;
	} else if(domain.len > 0) {
		w->domain = domain;
	}
	put_bytes(w, marks, text);
}

static void put_end(struct writer *w, const struct ur_dialog_end *end,
		struct ur_text device)
{
	uint8_t address[UR_ADDRESS_SIZE];
	const int len = ur_address_write(&end->address, address);

	put(w, device);
	put_bytes(w, 0, (struct ur_text){(const char *)address, len});
}

/* A phone's own From is its device's address: that is written once. */
static bool is_sip_address(struct ur_text uri, struct ur_text address)
{
	return address.len > 0 && uri.len == sip.len + address.len
		   && ur_text_begins_with(uri, sip)
		   && memcmp(uri.s + sip.len, address.s, address.len) == 0;
}

static uint8_t flags_of(const struct ur_dialog *d)
{
	return (d->caller.is_pinned ? CALLER_IS_PINNED : 0)
		   | (d->callee.is_pinned ? CALLEE_IS_PINNED : 0)
		   | (is_sip_address(d->from, d->caller.device) ? FROM_IS_CALLER : 0)
		   | (ur_text_equal(d->from, d->from_shown) ? FROM_SHOWN_IS_FROM : 0)
		   | (ur_text_equal(d->to, d->to_shown) ? TO_SHOWN_IS_TO : 0)
		   | (d->is_to_gateway ? IS_TO_GATEWAY : 0)
		   | (d->is_own_account ? IS_OWN_ACCOUNT : 0)
		   | (d->is_emergency ? IS_EMERGENCY : 0);
}

int ur_dialog_write(const struct ur_dialog *d, uint8_t *buf, int size)
{
	const struct ur_text none = UR_TEXT("");
	const uint8_t flags = flags_of(d);
	struct writer w = {buf, HEAD_SIZE, size, UR_TEXT_INIT("")};

	if(size < HEAD_SIZE)
		return -1;
	buf[0] = VERSION;
	buf[1] = d->began >> 24;
	buf[2] = d->began >> 16 & 0xff;
	buf[3] = d->began >> 8 & 0xff;
	buf[4] = d->began & 0xff;
	buf[5] = flags;
	memcpy(buf + 6, d->id, sizeof(d->id));
	put_end(&w, &d->caller, flags & FROM_IS_CALLER ? none : d->caller.device);
	put_end(&w, &d->callee, d->callee.device);
	put(&w, d->from);
	put(&w, flags & FROM_SHOWN_IS_FROM ? none : d->from_shown);
	put(&w, d->to);
	put(&w, flags & TO_SHOWN_IS_TO ? none : d->to_shown);
	put_bytes(&w, 0, d->routes);
	if(d->mailbox.len > 0)
		put_bytes(&w, 0, d->mailbox);
	return w.len;
}

/* ---- reading */

struct reader
{
	const uint8_t *at;
	int left; /* -1 once the input ended too soon or the texts did not fit */
	struct ur_output texts;
	struct ur_text domain;
};

static struct ur_text fail(struct reader *r)
{
	r->left = -1;
	return UR_TEXT("");
}

static int get_byte(struct reader *r)
{
	if(r->left < 1)
		return -1;
	r->left--;
	return *r->at++;
}

static struct ur_text get_bytes(struct reader *r, int *marks)
{
	const int first = get_byte(r);
	const int second = first >= 0 && (first & IS_LONG) ? get_byte(r) : 0;
	struct ur_text text = {(const char *)r->at, first & SHORT_MAX};

	*marks = 0;
	if(first < 0 || second < 0)
		return fail(r);
	if(first & IS_LONG)
		text.len = text.len << 8 | second;
	text.s = (const char *)r->at;
	if(text.len > r->left)
		return fail(r);
	*marks = first;
	r->at += text.len;
	r->left -= text.len;
	return text;
}

static struct ur_text get(struct reader *r)
{
	int marks;
	const struct ur_text part = get_bytes(r, &marks);
	const int begin = r->texts.len;
	struct ur_text text, domain;

	if(marks & IS_SIP)
		ur_output_put(&r->texts, sip);
	ur_output_put(&r->texts, part);
	if(marks & HAS_SAME_DOMAIN)
		ur_output_put(&r->texts, r->domain);
	if(r->texts.len < 0)
		return fail(r);
	text = (struct ur_text){r->texts.buf + begin, r->texts.len - begin};
	domain = domain_of(text);
	if(domain.len > 0)
		r->domain = domain;
	return text;
}

static bool get_end(struct reader *r, struct ur_dialog_end *end)
{
	struct ur_text address;
	int marks;

	end->device = get(r);
	address = get_bytes(r, &marks);
	return ur_address_read(
			&end->address, (const uint8_t *)address.s, address.len);
}

static void get_texts(struct reader *r, uint8_t flags, struct ur_dialog *d)
{
	int marks;

	d->from = get(r);
	if(flags & FROM_IS_CALLER && d->from.len > sip.len)
		d->caller.device =
				(struct ur_text){d->from.s + sip.len, d->from.len - sip.len};
	d->from_shown = get(r);
	if(flags & FROM_SHOWN_IS_FROM)
		d->from_shown = d->from;
	d->to = get(r);
	d->to_shown = get(r);
	if(flags & TO_SHOWN_IS_TO)
		d->to_shown = d->to;
	d->routes = get_bytes(r, &marks);
	d->mailbox = UR_TEXT("");
	if(r->left > 0 && (d->mailbox = get_bytes(r, &marks)).len == 0)
		fail(r);
}

bool ur_dialog_read(
		struct ur_dialog *d, const uint8_t *buf, int len, char *texts)
{
	struct reader r = {buf + HEAD_SIZE, len - HEAD_SIZE,
			{texts, 0, UR_DIALOG_TEXTS_SIZE}, UR_TEXT_INIT("")};
	bool ends;

	if(len < HEAD_SIZE || buf[0] != VERSION)
		return false;
	d->began = (uint32_t)buf[1] << 24 | buf[2] << 16 | buf[3] << 8 | buf[4];
	memcpy(d->id, buf + 6, sizeof(d->id));
	d->is_to_gateway = buf[5] & IS_TO_GATEWAY;
	d->is_own_account = buf[5] & IS_OWN_ACCOUNT;
	d->is_emergency = buf[5] & IS_EMERGENCY;
	ends = get_end(&r, &d->caller) && get_end(&r, &d->callee);
	d->caller.is_pinned = buf[5] & CALLER_IS_PINNED;
	d->callee.is_pinned = buf[5] & CALLEE_IS_PINNED;
	get_texts(&r, buf[5], d);
	return ends && r.left == 0;
}

/* ---- what a request may do */

static enum ur_dialog_answer judge_device(const struct ur_dialog_request *r)
{
	if(r->sender == UR_SENDER_UNKNOWN)
		return UR_DIALOG_NOT_LOADED;
	if(r->sender == UR_SENDER_DISABLED)
		return UR_DIALOG_DISABLED;
	return r->is_at_its_address || r->is_trusted_hop || r->has_proven_itself
				   ? UR_DIALOG_GOES
				   : UR_DIALOG_TO_BE_PROVEN;
}

enum ur_dialog_answer ur_dialog_judge(const struct ur_dialog_request *r)
{
	if(r->begins_nothing)
		return UR_DIALOG_GOES;
	if(r->age > r->max_age)
		return UR_DIALOG_TOO_OLD;
	if(r->sender != UR_SENDER_NO_DEVICE)
		return judge_device(r);
	return r->is_at_its_address || r->is_trusted_hop ? UR_DIALOG_GOES
													 : UR_DIALOG_WRONG_ADDRESS;
}
