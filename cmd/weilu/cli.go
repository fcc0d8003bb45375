package main

import (
	"github.com/weilu-im/weilu/bot/onebot"
	"github.com/weilu-im/weilu/bot/wechat"
)

// CLI is the command line: one field per subcommand, one file per field.
type CLI struct {
	Globals

	Demo        demoCmd        `cmd:"" help:"Open a community in the browser: no account, no configuration."`
	Run         runCmd         `cmd:"" help:"Run the bot."`
	Init        initCmd        `cmd:"" help:"Write a commented weilu.yaml."`
	Config      configCmd      `cmd:"" help:"Check or print the configuration."`
	Doctor      doctorCmd      `cmd:"" help:"Look for everything that is wrong and tell what to do; changes nothing."`
	Import      importCmd      `cmd:"" help:"Import a history of messages."`
	Opening     openingCmd     `cmd:"" help:"Import members and balances of an old system."`
	Grant       grantCmd       `cmd:"" help:"Give points to many members at once, or take them, from a file."`
	Members     membersCmd     `cmd:"" help:"List the members."`
	Activity    activityCmd    `cmd:"" help:"Show how lively a month was."`
	Report      reportCmd      `cmd:"" help:"Write the report of a day, week, month, quarter or any range, beside a running bot."`
	Tiers       tiersCmd       `cmd:"" help:"Show who holds which tier on a Day, and why; or who would move."`
	Ledger      ledgerCmd      `cmd:"" help:"Check or export the points ledger."`
	Economy     economyCmd     `cmd:"" help:"Show where the points are and how they move."`
	BindCode    bindCodeCmd    `cmd:"" help:"Make a new code that makes its user the owner."`
	LoginLink   loginLinkCmd   `cmd:"" help:"Make a link that opens the managers' pages once, beside a running bot."`
	MoveAccount moveAccountCmd `cmd:"" help:"Make ready for another WeChat account, when the old one is lost."`
	MoveGroup   moveGroupCmd   `cmd:"" help:"Move a group to a QQ group: members are told how to bind themselves there, and keep everything."`
	Replay      replayCmd      `cmd:"" help:"Run a transcript and check what is said."`
	Points      pointsCmd      `cmd:"" help:"Show what points rules pay."`
	Queue       queueCmd       `cmd:"" help:"Show what waits to be sent, beside a running bot."`
	View        viewCmd        `cmd:"" help:"Show a view of a feature, beside a running bot; without a name, list them."`
	Backup      backupCmd      `cmd:"" help:"Write everything to one file, beside a running bot, and check it."`
	Restore     restoreCmd     `cmd:"" help:"Put a backup in the place of the data, or check one."`
	Mydata      mydataCmd      `cmd:"" help:"Write everything that is kept of one member, for them."`
	Export      exportAllCmd   `cmd:"" help:"Write everything as files for people and programs, with a dictionary."`
	Rebuild     rebuildCmd     `cmd:"" help:"Make all counts anew from the messages, with the configured zone and day start."`
	Commands    commandsCmd    `cmd:"" help:"Print the table of chat commands."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// Globals are the flags that all subcommands take.
type Globals struct {
	Data    string            `help:"Directory of the data." default:"weilu-data" placeholder:"DIR" type:"path"`
	Config  string            `help:"Configuration file. Default: ./weilu.yaml, if there is one." placeholder:"FILE" type:"path"`
	Set     map[string]string `help:"Set a value, stronger than file and environment." placeholder:"SECTION.KEY=VALUE" mapsep:"none"`
	Verbose bool              `help:"Log more." short:"v"`

	WeChat wechat.Options `kong:"-"` // how patient the transports are; tests are less so
	OneBot onebot.Options `kong:"-"`
}
