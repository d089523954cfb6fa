package stream_test

import (
	"testing"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/tests"
)

// TestSubscriber_passes_the_universal_suite runs Watermill's own suite with
// batches of one event. Its scenarios of closing and going on are left out where
// exactly-once delivery is claimed, and those of exact counts where it is not,
// so it runs with both.
func TestSubscriber_passes_the_universal_suite(t *testing.T) {
	t.Parallel()
	for name, exactlyOnce := range map[string]bool{"exactly once": true, "at least once": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBroker(t)
			tests.TestPubSub(t, tests.Features{
				ConsumerGroups: true, GuaranteedOrder: true, Persistent: true,
				ExactlyOnceDelivery: exactlyOnce, ForceShort: testing.Short(),
			}, func(t *testing.T) (message.Publisher, message.Subscriber) {
				return publisher{b}, b.subscriber("all")
			}, func(t *testing.T, group string) (message.Publisher, message.Subscriber) {
				return publisher{b}, b.subscriber(group)
			})
		})
	}
}
