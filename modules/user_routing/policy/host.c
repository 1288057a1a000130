/*
 * The host of a target's URI.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "policy/host.h"

#include <arpa/inet.h>
#include <ctype.h>

/* "[…]" → the address as inet_ntop() writes it; false: it is not an IPv6 address. */
static bool normalise_ipv6(struct ur_text host, char buf[UR_HOST_MAX + 1])
{
	char text[INET6_ADDRSTRLEN] = "";
	struct in6_addr address;

	if(host.len < 4 || host.len - 2 >= (int)sizeof(text) || host.s[0] != '['
			|| host.s[host.len - 1] != ']')
		return false;
	memcpy(text, host.s + 1, host.len - 2);
	if(inet_pton(AF_INET6, text, &address) != 1)
		return false;
	buf[0] = '[';
	inet_ntop(AF_INET6, &address, buf + 1, INET6_ADDRSTRLEN);
	strcat(buf, "]");
	return true;
}

int ur_host_normalise(struct ur_text host, char buf[UR_HOST_MAX + 1])
{
	int i;

	if(normalise_ipv6(host, buf))
		return (int)strlen(buf);
	if(host.len > 0 && host.s[host.len - 1] == '.')
		host.len--;
	if(host.len == 0 || host.len > UR_HOST_MAX)
		return -1;
	for(i = 0; i < host.len; i++)
		buf[i] = (char)tolower((unsigned char)host.s[i]);
	buf[i] = '\0';
	return i;
}

/* The part after the last dot. */
static struct ur_text last_label(struct ur_text host)
{
	int i = host.len;

	while(i > 0 && host.s[i - 1] != '.')
		i--;
	return (struct ur_text){host.s + i, host.len - i};
}

bool ur_host_is_odd_number(struct ur_text host)
{
	const struct ur_text label = last_label(host);
	const bool hex = label.len >= 2 && label.s[0] == '0' && label.s[1] == 'x';
	char text[INET_ADDRSTRLEN] = "";
	struct in_addr address;
	int i;

	for(i = hex ? 2 : 0; i < label.len; i++) {
		const unsigned char c = label.s[i];

		if(hex ? !isxdigit(c) : !isdigit(c))
			return false;
	}
	if(host.len >= (int)sizeof(text))
		return true;
	memcpy(text, host.s, host.len);
	return inet_pton(AF_INET, text, &address) != 1;
}

bool ur_host_is_invalid(struct ur_text host)
{
	return ur_text_equal(last_label(host), UR_TEXT("invalid"));
}

const unsigned char *ur_host_ipv4_of(const unsigned char *address)
{
	static const unsigned char zero[12];
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const unsigned char nat64[12] = {0x00, 0x64, 0xff, 0x9b};

	if(memcmp(address, mapped, sizeof(mapped)) == 0
			|| memcmp(address, nat64, sizeof(nat64)) == 0)
		return address + 12;
	/* ::1 is IPv6's loopback, and :: is not an address. */
	if(memcmp(address, zero, sizeof(zero)) == 0
			&& (address[12] != 0 || address[13] != 0 || address[14] != 0))
		return address + 12;
	return NULL;
}

bool ur_host_address_is_loopback(const unsigned char *address, int len)
{
	if(len == 16) {
		if(ur_host_ipv4_of(address) == NULL)
			return memcmp(address, &in6addr_loopback, sizeof(in6addr_loopback))
				   == 0;
		address = ur_host_ipv4_of(address);
	}
	return address[0] == 127;
}

static bool ipv4_fits(const unsigned char *a)
{
	return a[0] != 0 && a[0] < 224 && !(a[0] == 169 && a[1] == 254);
}

static bool ipv6_fits(const unsigned char *a)
{
	return memcmp(a, &in6addr_any, sizeof(in6addr_any)) != 0 && a[0] != 0xff
		   && !(a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
}

bool ur_host_address_fits(const unsigned char *address, int len, bool loopback)
{
	if(ur_host_address_is_loopback(address, len))
		return loopback;
	if(len == 16 && ur_host_ipv4_of(address) == NULL)
		return ipv6_fits(address);
	return ipv4_fits(len == 16 ? ur_host_ipv4_of(address) : address);
}

int ur_host_network(const unsigned char *address, int len, char *buf)
{
	const unsigned char *ipv4 = len == 4 ? address : ur_host_ipv4_of(address);
	unsigned char network[16] = {0};

	if(ipv4 != NULL) {
		inet_ntop(AF_INET, ipv4, buf, INET_ADDRSTRLEN);
	} else {
		memcpy(network, address, 8);
		inet_ntop(AF_INET6, network, buf, INET6_ADDRSTRLEN);
		strcat(buf, "/64");
	}
	return (int)strlen(buf);
}
