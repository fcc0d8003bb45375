package main

import (
	"errors"

	"github.com/weilu-im/weilu/community/checkin"
	"github.com/weilu-im/weilu/community/earning"
	"github.com/weilu-im/weilu/community/expiry"
	"github.com/weilu-im/weilu/community/wallet"
)

// pointsConfig is the section points: what the features that move points keep there.
type pointsConfig struct {
	checkinPoints
	earningPoints
	walletPoints
	expiryPoints
}

type (
	checkinPoints = checkin.Config
	earningPoints = earning.Config
	walletPoints  = wallet.Config
	expiryPoints  = expiry.Config
)

func pointsDefaults() pointsConfig {
	return pointsConfig{checkin.Defaults(), earning.Defaults(), wallet.Defaults(), expiry.Defaults()}
}

// Validate tells everything that is wrong with the values.
func (c pointsConfig) Validate() error {
	return errors.Join(c.checkinPoints.Validate(), c.earningPoints.Validate(), c.walletPoints.Validate(), c.expiryPoints.Validate())
}
