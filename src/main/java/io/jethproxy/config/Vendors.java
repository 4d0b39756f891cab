package io.jethproxy.config;

import java.util.Map;

/** Who runs a host. Only the domain that one registers counts: sub-domains may hold a key. */
final class Vendors {

  private static final Map<String, String> BY_DOMAIN =
      Map.ofEntries(
          Map.entry("alchemy.com", "alchemy"),
          Map.entry("alchemyapi.io", "alchemy"),
          Map.entry("infura.io", "infura"),
          Map.entry("quiknode.pro", "quicknode"),
          Map.entry("quicknode.com", "quicknode"),
          Map.entry("drpc.org", "drpc"),
          Map.entry("drpc.live", "drpc"),
          Map.entry("ankr.com", "ankr"),
          Map.entry("chainstack.com", "chainstack"),
          Map.entry("p2pify.com", "chainstack"),
          Map.entry("blockpi.network", "blockpi"),
          Map.entry("publicnode.com", "publicnode"),
          Map.entry("llamarpc.com", "llamanodes"),
          Map.entry("llamanodes.com", "llamanodes"),
          Map.entry("1rpc.io", "1rpc"),
          Map.entry("cloudflare-eth.com", "cloudflare"),
          Map.entry("tenderly.co", "tenderly"),
          Map.entry("getblock.io", "getblock"),
          Map.entry("nodereal.io", "nodereal"),
          Map.entry("blastapi.io", "blast"),
          Map.entry("thirdweb.com", "thirdweb"),
          Map.entry("coinbase.com", "coinbase"),
          Map.entry("onfinality.io", "onfinality"),
          Map.entry("pokt.network", "pocket"),
          Map.entry("grove.city", "pocket"),
          Map.entry("moralis-nodes.com", "moralis"),
          Map.entry("omniatech.io", "omnia"),
          Map.entry("blockdaemon.com", "blockdaemon"),
          Map.entry("flashbots.net", "flashbots"),
          Map.entry("mevblocker.io", "mevblocker"),
          Map.entry("blxrbdn.com", "bloxroute"),
          Map.entry("conduit.xyz", "conduit"),
          Map.entry("routescan.io", "routescan"),
          Map.entry("nownodes.io", "nownodes"),
          Map.entry("zan.top", "zan"),
          Map.entry("lavanet.xyz", "lava"),
          Map.entry("merkle.io", "merkle"),
          Map.entry("dwellir.com", "dwellir"),
          Map.entry("validationcloud.io", "validationcloud"),
          Map.entry("chainnodes.org", "chainnodes"),
          Map.entry("tatum.io", "tatum"));

  private Vendors() {}

  /** The vendor of a lower-case host; empty when it is not known. */
  static String of(String host) {
    int dot = host.lastIndexOf('.');
    int start = dot < 0 ? 0 : host.lastIndexOf('.', dot - 1) + 1;
    return BY_DOMAIN.getOrDefault(host.substring(start), "");
  }
}
