package main

import (
	"testing"

	"github.com/weilu-im/weilu/bot/bottest"
)

// The stories that cross features are played to the whole program.
func TestTranscripts(t *testing.T) { bottest.ReplayAll(t, (&Globals{}).world, "testdata/*.chat") }
