"""The words of which names consist."""

TOPICS = """App Db Cache Mail Queue Auth Api Worker Storage Search Log Billing Metrics Feature Upload Stream Session Gateway
Job Report Audit Index Model Vector Crawler Proxy Tenant Device Sync Export Import Notify Render Chat Embed Ledger Geo""".split()
ENDINGS = "Settings Settings Settings Config Options Env Configuration Params".split()
PLAIN_ENDINGS = "Options Part Section Block Details Spec".split()
FIELDS = """host port user password token url timeout retries debug level name path_root tags labels region bucket endpoint api_key
client_id client_secret max_size min_size interval ttl enabled workers queue_name topic_name schema_name database dsn broker
backend mode color_mode log_level base_url callback allowed_hosts cors_origins prefix suffix batch limit threshold ratio seed
version_tag started owner_email proxy_url cert_file key_file extra_args locale currency HOST apiKey Debug MAX_CONN userName
async_ a_b_c x9""".split()
PREFIXES = "APP_ app_ My_ SVC- x DB__ prod. CORE_ _lead".split()
WORDS = "alpha beta gamma delta main core edge north prod blue green orders users api server database redis".split()
