CREATE TABLE `budget_windows` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`budget` text NOT NULL,
	`start_ms` integer NOT NULL,
	`spent_nano_usd` integer DEFAULT 0 NOT NULL,
	`forgiven_nano_usd` integer DEFAULT 0 NOT NULL,
	`uncertain_nano_usd` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `budget_windows_budget` ON `budget_windows` (`budget`,`start_ms`);--> statement-breakpoint
CREATE TABLE `leases` (
	`window` integer NOT NULL,
	`node` text NOT NULL,
	`amount_nano_usd` integer NOT NULL,
	PRIMARY KEY(`window`, `node`)
);
--> statement-breakpoint
CREATE TABLE `ledger` (
	`position` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`request_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`key_id` text,
	`key_name` text,
	`team` text,
	`customer` text,
	`user` text,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`target_model` text NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	`usage` text NOT NULL,
	`estimated` integer NOT NULL,
	`windows` text NOT NULL,
	`hash` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `usage` (
	`grain` text NOT NULL,
	`start_ms` integer NOT NULL,
	`tag` text NOT NULL,
	`team` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`key` text NOT NULL,
	`customer` text NOT NULL,
	`requests` integer NOT NULL,
	`input_tokens` integer NOT NULL,
	`cache_read_tokens` integer NOT NULL,
	`cache_write_tokens` integer NOT NULL,
	`output_tokens` integer NOT NULL,
	`reasoning_tokens` integer NOT NULL,
	`cost_nano_usd` integer NOT NULL,
	PRIMARY KEY(`grain`, `start_ms`, `tag`, `team`, `model`, `provider`, `key`, `customer`)
);
