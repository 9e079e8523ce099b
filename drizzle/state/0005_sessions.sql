CREATE TABLE `sessions` (
	`hash` text PRIMARY KEY NOT NULL,
	`role` text NOT NULL,
	`team` text,
	`name` text NOT NULL,
	`mail` text,
	`method` text NOT NULL,
	`person` text NOT NULL,
	`basis` text NOT NULL,
	`csrf` text NOT NULL,
	`created_at_ms` integer NOT NULL,
	`last_seen_at_ms` integer NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `sessions_expires` ON `sessions` (`expires_at_ms`);