/*
 * Network addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/address.h"

#include <stdio.h>

#include "core/ip_addr.h"
#include "core/parser/parse_uri.h"
#include "core/resolve.h"

void ur_address_source(const struct sip_msg *msg, struct ur_address *address)
{
	memset(address, 0, sizeof(*address));
	address->protocol = msg->rcv.proto;
	address->port = msg->rcv.src_port;
	address->len = msg->rcv.src_ip.len;
	memcpy(address->ip, msg->rcv.src_ip.u.addr, address->len);
}

bool ur_address_read_ip(str host, struct ur_address *address)
{
	const struct ip_addr *ip = str2ip(&host);

	if(ip == NULL)
		ip = str2ip6(&host);
	if(ip == NULL)
		return false;
	address->len = ip->len;
	memcpy(address->ip, ip->u.addr, ip->len);
	return true;
}

int ur_address_uri(const struct ur_address *address, char *buf)
{
	struct ip_addr ip = {
			.af = address->len == 4 ? AF_INET : AF_INET6, .len = address->len};
	str protocol = STR_NULL;
	int len;

	memcpy(ip.u.addr, address->ip, address->len);
	len = sprintf(buf, ip.af == AF_INET ? "sip:%s:%d" : "sip:[%s]:%d",
			ip_addr2a(&ip), address->port);
	if(address->protocol == PROTO_UDP)
		return len;
	/* A URI has no transport name for secure WebSocket: "ws" is enough, as the connection
	 * exists. */
	proto_type_to_str(
			address->protocol == PROTO_WSS ? PROTO_WS : address->protocol,
			&protocol);
	return len
		   + sprintf(buf + len, ";transport=%.*s", protocol.len, protocol.s);
}
