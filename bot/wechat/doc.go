// Package wechat is the transport to WeChat, through its web protocol (webwx).
//
// What the web protocol says becomes events here, and what the bot says becomes texts. This half of the package
// (book, translate, line, mention, quote, text, render) is pure: it knows no network and no clock. A [book] holds
// what is known of one login, because webwx speaks of people by names that hold for one login only, tells joins as
// sentences and leaves not at all: who came and who went is found by comparing member lists.
package wechat
