#pragma once
#include <exception>
#include <system_error>
#include <thread>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace unroll {

/**
 * Subnormal numbers are 0 while this is there, on this thread: a gradient that fades passes through them, and a
 * processor multiplies them a hundred times slower than others.
 */
class NoSubnormals {
 public:
#if defined(__x86_64__)
  NoSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }  // flush to zero, denormals are zero
  ~NoSubnormals() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#elif defined(__aarch64__)
  NoSubnormals() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" : : "r"(before_ | (1ul << 24)));
  }
  ~NoSubnormals() { asm volatile("msr fpcr, %0" : : "r"(before_)); }

 private:
  unsigned long before_;
#endif
};

/**
 * Runs `work` for each of `count` parts on so many threads, the caller's own among them, and waits. Throws what
 * the first part that failed has thrown.
 */
template <class Work>
void inLanes(int count, int threads, const Work &work) {
  std::vector<std::exception_ptr> failed(count);
  const auto lane = [&](int first) {
    const NoSubnormals flushed;
    for (int part = first; part < count; part += threads) {
      try {
        work(part);
      } catch (...) {
        failed[part] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> others;
  others.reserve(threads);  // nothing may throw while some of them run
  for (int index = 1; index < threads && index < count; index++) {
    try {
      others.emplace_back(lane, index);
    } catch (const std::system_error &) {
      lane(index);  // a system that gives no threads still computes
    }
  }
  lane(0);
  for (std::thread &other : others) other.join();
  for (const std::exception_ptr &error : failed) {
    if (error) std::rethrow_exception(error);
  }
}

}  // namespace unroll
