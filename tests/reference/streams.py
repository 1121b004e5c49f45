"""skel's streams of random numbers, Philox4x32-10, computed again for the tests that hold runs against PyTorch."""
import math

PURPOSE = {"evolve": 11, "refresh": 21, "gate": 22, "rewire": 23}
SEED = 5


def philox(counter, key):
    """One block of Philox4x32-10 (Salmon et al. 2011)."""
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * counter[0], 1 << 32)
        high1, low1 = divmod(0xCD9E8D57 * counter[2], 1 << 32)
        counter = [high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0]
        key = [(key[0] + 0x9E3779B9) % (1 << 32), (key[1] + 0xBB67AE85) % (1 << 32)]
    return counter


class Stream:
    """skel's stream of random numbers at (purpose, epoch, index)."""

    def __init__(self, purpose, epoch, index):
        self.words = self.blocks(PURPOSE[purpose], epoch, index)

    @staticmethod
    def blocks(purpose, epoch, index):
        number = 0
        while True:
            yield from philox([number, index, epoch, purpose], [SEED, 0])
            number += 1

    def uniform(self):
        high, low = next(self.words), next(self.words)
        return ((high << 32 | low) >> 11) * 2.0**-53

    def normal(self):
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def below(self, limit):
        while True:
            product = next(self.words) * limit
            if product % (1 << 32) >= (1 << 32) % limit:
                return product >> 32
