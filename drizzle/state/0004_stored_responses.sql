CREATE TABLE `responses` (
	`id` text PRIMARY KEY NOT NULL,
	`sealed` text NOT NULL,
	`expires_at_ms` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `responses_expires` ON `responses` (`expires_at_ms`);