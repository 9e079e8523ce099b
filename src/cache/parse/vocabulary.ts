/** Closed word lists of English. Open-class words come from the lexicon. */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const ARTICLES = words("a an the");
const WH_WORDS = words("what which who whom whose when where why how");

export const NEGATIONS = words(
  "not never no without nor none nobody nothing neither nowhere except excluding avoid avoiding avoids lack lacking lacks " +
    "exclude excludes unable unless hardly barely minus instead rather",
);

export const PRONOUNS = words(
  "i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours " +
    "ourselves they them their theirs themselves one's",
);

export const QUANTIFIERS = words(
  "all every each some any both either most many much more less least few fewer fewest several only single half double " +
    "another other same enough own entire whole first last next previous second third former latter final latest top " +
    "bottom average typical maximum minimum total",
);

export const COMPARATORS = words(
  "under over below above before after within until till since during between among against than before beyond past " +
    "inside outside behind ahead off up down out away back through across around along toward near far as per versus " +
    "north south east west left right about from to for with by on like",
);

export const MODALS = words("must should may might shall ought need can could would will");

const AUXILIARIES = words(
  "is are am be been being was were do does did has have had having will would can could should shall may might must",
);

/** Every word of grammar: known although the lexicon, which holds nouns, verbs, adjectives and adverbs, lacks it. */
export const FUNCTION_WORDS = words(
  [
    ...ARTICLES,
    ...WH_WORDS,
    ...NEGATIONS,
    ...PRONOUNS,
    ...QUANTIFIERS,
    ...COMPARATORS,
    ...MODALS,
    ...AUXILIARIES,
    "of in at into onto upon via and or but if whether because so that this these those there here then please hi hello",
    "thanks thank ok okay while though although also too very just let vs etc everyone someone anyone everything",
    "something anything going using how's what's yes",
  ].join(" "),
);

/**
 * Words of grammar long enough to be misspelt. A word that is in no list and is one slip from exactly one of them is
 * that word.
 */
export const CORRECTABLE = words(
  "what which when where why who how should would could does did explain please difference between because without " +
    "within about from your their there write translate describe recommend summarize many much have make give tell " +
    "population definition meaning inhabitants ingredients price height weight length distance purpose function location " +
    "reason causes instructions tutorial steps example examples suggest possible overview information many people",
);

/** Function words of other languages which are no English words: two or more of them make a text foreign. */
export const FOREIGN_WORDS = words(
  "der das und ist ich nicht wie wo wann warum wer wir sie ein eine einen einem einer mein meine auf mit zu von nach " +
    "bei für für kann koche mache bitte mir dem des im zum zur oder wird wurde sind gibt viel viele le la les une du " +
    "est sont que qui quoi quel quelle quels quelles comment combien pourquoi où ou je tu nous vous ils elle mon ma " +
    "mes pour avec sans dans sur pas ne et au aux el los las una unos es son qué cómo cuándo dónde cuánto cuántos " +
    "cuántas quién por para con sin mi mis puedo cual cuál come il lo gli di che chi dove quando perché sono è e " +
    "mio mia si del della qual é o os do da em um uma como onde quem het een ik hoe waar wat wie niet zijn van op " +
    "naar met och är hur vad jag att och det som på kde jak co jest czy nie się w gdzie dimmi",
);

/** Names of software that are no dictionary words, or other ones: never a misspelling of something else. */
export const TECHNICAL_WORDS = words(
  "vite deno nuxt vue redux svelte kotlin golang numpy scipy pandas pytorch keras kafka redis mongo mongodb mariadb " +
    "mysql postgres postgresql sqlite nginx apache docker kubernetes kubectl podman terraform ansible vagrant jenkins " +
    "github gitlab bitbucket jira slack discord reddit netflix spotify instagram facebook whatsapp tiktok gmail " +
    "outlook firefox chrome safari webpack rollup esbuild babel eslint prettier jest vitest mocha cypress playwright " +
    "django flask fastapi laravel symfony ruby rails phoenix elixir erlang haskell scala clojure ocaml perl swift " +
    "flutter dart xcode android ubuntu debian fedora centos alpine linux macos windows unix bash zsh fish powershell " +
    "grep sed awk curl wget ssh sudo chmod chown regex json yaml toml xml html css scss http https tcp udp dns tls " +
    "graphql grpc oauth jwt api sdk cli gui ide npm pnpm yarn pip conda maven gradle cargo rustc gcc clang cmake " +
    "lodash axios express fastify elysia hono bun nodejs react angular ember flexbox tailwind bootstrap figma canva " +
    "photoshop excel powerpoint onenote onedrive dropbox icloud iphone ipad macbook airpods kindle xbox playstation " +
    "nintendo bitcoin ethereum paypal stripe venmo shopify wordpress wix magento salesforce hubspot zendesk mailchimp " +
    "prisma vercel supabase airtable zapier pulumi trello grafana kibana splunk datadog airflow databricks rabbitmq " +
    "scikit matplotlib seaborn plotly streamlit gradio vllm ollama mlflow pydantic sqlalchemy alembic mypy pylint zod trpc " +
    "astro gatsby jekyll strapi contentful netlify heroku linode vultr hetzner cloudflare fastly akamai qwik preact htmx " +
    "ionic cordova tauri electron godot blender krita gimp inkscape plex jellyfin nextcloud proxmox vmware virtualbox qemu " +
    "istio linkerd envoy traefik caddy haproxy memcached etcd zookeeper hadoop flink presto trino hbase couchdb dynamodb " +
    "firestore firebase okta keycloak ruff uber lyft airbnb duolingo fitbit garmin roku hulu venmo revolut " +
    "ibuprofen paracetamol naproxen aspirin openai chatgpt claude gemini llama mistral langchain pinecone qdrant",
);

/** Negations of other languages, for texts that are otherwise taken to the letter. */
export const FOREIGN_NEGATIONS = words(
  "nicht kein keine keinen keiner ohne nie niemals ne pas sans jamais sin nunca non senza mai não sem nem niet geen zonder " +
    "nooit inte utan aldrig ikke uden uten aldri ei ilman nie bez не без никогда ні değil olmadan",
);
