/*
 * Checks where a route target's URI may lead.
 *
 * Others than the operator write the rows of route_target. So the URI is split by the parser that
 * the core itself sends by. The name is resolved once, the address is checked, and the call goes to
 * that address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "kam/hosts.h"

#include <stdio.h>

#include "core/dprint.h"
#include "core/fmsg.h"
#include "core/forward.h"
#include "core/kemi.h"
#include "core/parser/parse_uri.h"
#include "core/resolve.h"
#include "core/socket_info.h"
#include "kam/compat.h"
#include "kam/settings.h"
#include "policy/host.h"

typedef int (*is_gateway_f)(struct sip_msg *msg, int set, int mode, str *uri);
typedef int (*is_trusted_f)(struct sip_msg *msg, str *address, int port);

enum
{
	ANY_SET = -1,
	BY_ADDRESS = 3, /* dispatcher's DS_MATCH_NOPORT | DS_MATCH_NOPROTO */
};

static struct
{
	is_gateway_f is_gateway; /* NULL: dispatcher is not loaded */
	is_trusted_f is_trusted; /* NULL: permissions is not loaded */
	bool only_loopback;		 /* Kamailio listens on loopback only */
	struct ip_addr media_server;
	bool has_media_server;
} world;

/* ---- at start */

/* A function that a module exports to scripts, or NULL. */
static void *find_function(const char *module, const char *name)
{
	const sr_kemi_module_t *modules = sr_kemi_modules_get();
	str module_name =
			ur_str_of_text((struct ur_text){module, (int)strlen(module)});
	str function = ur_str_of_text((struct ur_text){name, (int)strlen(name)});
	sr_kemi_t *found;
	int i;

	for(i = 1; i < sr_kemi_modules_size_get(); i++) {
		if(modules[i].mname.len != module_name.len
				|| memcmp(modules[i].mname.s, module, module_name.len) != 0)
			continue;
		found = sr_kemi_lookup(&module_name, i, &function);
		return found != NULL ? found->func : NULL;
	}
	return NULL;
}

static bool is_loopback(const struct ip_addr *address)
{
	return ur_host_address_is_loopback(address->u.addr, (int)address->len);
}

/* For one transport. */
static bool listens_at_loopback_only(unsigned short proto)
{
	struct socket_info **list = get_sock_info_list(proto);
	const struct socket_info *socket = list != NULL ? *list : NULL;

	for(; socket != NULL; socket = socket->next) {
		if(!is_loopback(&socket->address))
			return false;
	}
	return true;
}

static bool resolve(const struct sip_uri *uri, struct ip_addr *address,
		unsigned short *port, char *proto)
{
	const struct hostent *found;
	str host = uri->host;

	*port = uri->port_no;
	*proto = (char)(uri->proto != PROTO_NONE  ? uri->proto
					: uri->type == SIPS_URI_T ? PROTO_TLS
											  : PROTO_NONE);
	found = sip_resolvehost(&host, port, proto);
	if(found == NULL)
		return false;
	hostent2ip_addr(address, (struct hostent *)found, 0);
	return true;
}

/* The media server's host must resolve when Kamailio starts, as those of gateways must. */
static int find_media_server(void)
{
	const char *text = ur_settings_at_start.media_server;
	struct sip_uri uri;
	unsigned short port;
	char proto;

	if(text == NULL || text[0] == '\0')
		return 0;
	world.has_media_server =
			parse_uri((char *)text, (int)strlen(text), &uri) == 0
			&& resolve(&uri, &world.media_server, &port, &proto);
	if(world.has_media_server)
		return 0;
	LM_ERR("modparam media_server \"%s\" is not a SIP URI, or its host can't be"
		   " resolved\n",
			text);
	return -1;
}

int ur_hosts_init(void)
{
	world.is_gateway =
			(is_gateway_f)find_function("dispatcher", "ds_is_from_list_uri");
	world.is_trusted =
			(is_trusted_f)find_function("permissions", "allow_address_group");
	world.only_loopback = listens_at_loopback_only(PROTO_UDP)
						  && listens_at_loopback_only(PROTO_TCP)
						  && listens_at_loopback_only(PROTO_TLS);
	return find_media_server();
}

/* ---- a host name as written */

static bool is_domain_of_ours(struct ur_table *table, struct ur_text host)
{
	const struct ur_account *account = ur_table_account_by_domain(table, host);

	ur_table_account_put(account);
	return account != NULL;
}

/* port 0: any. */
static bool is_this_server(struct ur_text host, unsigned short port)
{
	str name = ur_str_of_text(host);

	return check_self(&name, port, PROTO_NONE) == 1;
}

static unsigned short port_of(const struct sip_uri *uri)
{
	const bool tls = uri->type == SIPS_URI_T || uri->proto == PROTO_TLS;

	return uri->port_no != 0 ? uri->port_no : tls ? SIPS_PORT : SIP_PORT;
}

/* ---- the address of a host */

/* Is it the address of a peer that the operator trusts by address or sends calls to? */
static bool is_infrastructure(str *address, unsigned short port)
{
	struct sip_msg *msg = faked_msg_get_next();
	char buf[UR_NEXT_HOP_MAX];
	str uri = {buf, 0};

	uri.len = snprintf(buf, sizeof(buf),
			memchr(address->s, ':', address->len) ? "sip:[%.*s]" : "sip:%.*s",
			address->len, address->s);
	if(world.is_gateway != NULL
			&& world.is_gateway(msg, ANY_SET, BY_ADDRESS, &uri) > 0)
		return true;
	return world.is_trusted != NULL
		   && (world.is_trusted(msg, address, port) >= 0
				   || world.is_trusted(msg, address, SIP_PORT) >= 0);
}

static enum ur_refusal check_address(
		const struct ip_addr *address, unsigned short port)
{
	struct ip_addr copy = *address;
	char *text = ip_addr2a(&copy);
	str host = {text, (int)strlen(text)};

	if(!ur_host_address_fits(copy.u.addr, (int)copy.len, world.only_loopback))
		return UR_REFUSAL_HOST;
	if(is_this_server((struct ur_text){host.s, host.len}, 0))
		return UR_REFUSAL_ITSELF;
	if(world.has_media_server && ip_addr_cmp(&copy, &world.media_server))
		return UR_REFUSAL_GATEWAY;
	return is_infrastructure(&host, port) ? UR_REFUSAL_GATEWAY
										  : UR_REFUSAL_NONE;
}

static const char *transport_name(char proto)
{
	switch(proto) {
		case PROTO_TCP:
			return ";transport=tcp";
		case PROTO_TLS:
			return ";transport=tls";
		case PROTO_SCTP:
			return ";transport=sctp";
		case PROTO_WS:
			return ";transport=ws";
		case PROTO_WSS:
			return ";transport=wss";
		default:
			return "";
	}
}

/* Converts an IPv6 address that stands for an IPv4 address: trunks are listed by IPv4. */
static void unmap(struct ip_addr *address)
{
	const unsigned char *ipv4 =
			address->af == AF_INET6 ? ur_host_ipv4_of(address->u.addr) : NULL;
	unsigned char bytes[4];

	if(ipv4 == NULL)
		return;
	memcpy(bytes, ipv4, sizeof(bytes));
	address->af = AF_INET;
	address->len = sizeof(bytes);
	memcpy(address->u.addr, bytes, sizeof(bytes));
}

static enum ur_refusal go_to_address(
		const struct sip_uri *uri, struct ur_arrival *arrival)
{
	struct ip_addr address;
	unsigned short port;
	char proto;
	enum ur_refusal why;

	if(!resolve(uri, &address, &port, &proto))
		return UR_REFUSAL_RESOLVED;
	unmap(&address);
	why = check_address(&address, port);
	if(why != UR_REFUSAL_NONE)
		return why;
	arrival->next_hop_len =
			snprintf(arrival->next_hop, sizeof(arrival->next_hop),
					address.af == AF_INET6 ? "sip:[%s]:%d%s" : "sip:%s:%d%s",
					ip_addr2a(&address), port != 0 ? port : port_of(uri),
					transport_name(proto));
	return UR_REFUSAL_NONE;
}

/* ---- the whole check */

static enum ur_refusal check_named(struct ur_table *table,
		const struct sip_uri *uri, struct ur_text host,
		struct ur_arrival *arrival)
{
	bool is_empty;

	if(uri->maddr_val.len > 0) /* tm sends to maddr, not to the host */
		return UR_REFUSAL_HOST;
	if(ur_table_lists_host(table, host, &is_empty))
		return UR_REFUSAL_NONE;
	if(!is_empty || ur_host_is_invalid(host) || ur_host_is_odd_number(host))
		return UR_REFUSAL_HOST;
	if(is_this_server(host, 0))
		return UR_REFUSAL_ITSELF;
	return go_to_address(uri, arrival);
}

enum ur_refusal ur_hosts_check(
		struct ur_table *table, bool names_host, struct ur_arrival *arrival)
{
	char spelling[UR_HOST_MAX + 1];
	struct ur_text host = {spelling, 0};
	struct sip_uri uri;

	if(parse_uri(arrival->uri, arrival->uri_len, &uri) != 0)
		return UR_REFUSAL_NO_URI;
	host.len = ur_host_normalise(
			(struct ur_text){uri.host.s, uri.host.len}, spelling);
	if(host.len < 0)
		return UR_REFUSAL_NO_URI;
	if(is_domain_of_ours(table, host) || is_this_server(host, port_of(&uri)))
		return UR_REFUSAL_ITSELF;
	return names_host ? check_named(table, &uri, host, arrival)
					  : UR_REFUSAL_NONE;
}
