CREATE TABLE `alerts` (
	`position` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`rule` text NOT NULL,
	`open` integer NOT NULL,
	`fired_at_ms` integer NOT NULL,
	`episode` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `alerts_id` ON `alerts` (`id`);--> statement-breakpoint
CREATE INDEX `alerts_rule` ON `alerts` (`rule`);--> statement-breakpoint
CREATE INDEX `alerts_open` ON `alerts` (`open`) WHERE open = 1;--> statement-breakpoint
CREATE TABLE `eval_scores` (
	`id` integer PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`eval` text NOT NULL,
	`request_id` text NOT NULL,
	`model` text NOT NULL,
	`provider` text NOT NULL,
	`target` text NOT NULL,
	`failover` integer NOT NULL,
	`score` real NOT NULL,
	`reason` text,
	`cost_nano_usd` integer
);
--> statement-breakpoint
CREATE INDEX `eval_scores_at` ON `eval_scores` (`at_ms`);--> statement-breakpoint
CREATE INDEX `eval_scores_request` ON `eval_scores` (`request_id`);--> statement-breakpoint
CREATE TABLE `feedback` (
	`request_id` text PRIMARY KEY NOT NULL,
	`at_ms` integer NOT NULL,
	`key_id` text,
	`score` real NOT NULL,
	`comment` text,
	`cached_wrong` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `feedback_at` ON `feedback` (`at_ms`);