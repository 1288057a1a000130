-- kamailio.lua.sample, but as it were without t_precheck_trans(), and slow before it forks: the
-- copy of an INVITE comes as far as that, too, in another worker.
--
-- SPDX-License-Identifier: GPL-2.0-or-later

dofile(string.match(debug.getinfo(1, "S").source, "^@(.*/)") .. "../../../../kamailio.lua.sample")

KSR.tmx.t_precheck_trans = function() return -1 end

local user_fork = KSR.user_routing.user_fork
KSR.user_routing.user_fork = function()
	KSR.cfgutils.usleep(300000)
	local rc = user_fork()
	KSR.info("user_fork() returned " .. rc .. "\n")
	return rc
end
